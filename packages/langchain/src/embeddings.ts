import { Embeddings, type EmbeddingsParams } from "@langchain/core/embeddings";
import type { EmbedRequest, LLMBackend } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import { toLangChainError } from "./errors.js";

export interface LLMuxEmbeddingsFields
  extends EmbeddingsParams,
    Pick<EmbedRequest, "model" | "dimensions" | "user" | "providerOptions" | "headers" | "dropParams"> {
  /** `createLLM(…)`, `await fromEnv()`, or any other backend that embeds. */
  llm: LLMBackend;
}

/**
 * A backend as LangChain's embeddings. The backend splits the texts into as many requests as its provider needs, and its own policy
 * retries.
 */
export class LLMuxEmbeddings extends Embeddings {
  readonly #llm: LLMBackend;
  readonly #request: Omit<EmbedRequest, "values">;

  constructor({ llm, ...fields }: LLMuxEmbeddingsFields) {
    super({ ...fields, maxRetries: 0 });
    this.#llm = llm;
    const { model, dimensions, user, providerOptions, headers, dropParams } = fields;
    const request = { model, dimensions, user, providerOptions, headers, dropParams };
    this.#request = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
  }

  /** @throws LLMError */
  async embedDocuments(documents: string[]): Promise<number[][]> {
    const { embed, provider } = this.#llm;
    if (!embed) throw new LLMError({ kind: "unsupported", message: `The backend "${provider}" makes no embeddings` });
    try {
      const { embeddings } = await embed.call(this.#llm, { ...this.#request, values: documents });
      return embeddings.map((vector) => Array.from(vector));
    } catch (error) {
      throw toLangChainError(error);
    }
  }

  /** @throws LLMError */
  async embedQuery(document: string): Promise<number[]> {
    const [vector] = await this.embedDocuments([document]);
    return vector as number[];
  }
}
