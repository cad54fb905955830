import type { IO } from "./io.js";
import { openSession } from "./session.js";

export interface EmbedOptions {
  values: readonly string[];
  /** Stands in for LLM_EMBEDDING_MODEL. */
  model?: string | undefined;
  /** Print whole vectors, as JSON. */
  json: boolean;
}

/** Embeds texts. @throws LLMError */
export async function embed(io: IO, { values, model, json }: EmbedOptions): Promise<void> {
  await using session = await openSession(io, { embeddingModel: model });
  const result = await session.llm.embed({ values });
  session.wait.clear();
  const { embeddings, usage, warnings, provider } = result;
  if (json) {
    const vectors = embeddings.map((vector) => Array.from(vector));
    io.stdout.write(
      `${JSON.stringify({ embeddings: vectors, usage: { inputTokens: usage.inputTokens }, warnings, provider, model: result.model })}\n`,
    );
    return;
  }
  for (const { message } of warnings) io.stderr.write(`warning: ${message}\n`);
  embeddings.forEach((vector, index) => {
    const numbers = Array.from(vector.subarray(0, 4), (number) => number.toFixed(4)).join(", ");
    const text = values[index] ?? "";
    const label = text.length > 40 ? `${text.slice(0, 39)}…` : text;
    io.stdout.write(`${JSON.stringify(label)}: ${vector.length} dimensions [${numbers}, …]\n`);
  });
}
