import {
  type EmbedRequest,
  type EmbedResult,
  type GenerateRequest,
  type GenerateResult,
  invalidOption,
  type LLMBackend,
  LLMError,
  requestKey,
} from "@llmux/core";

/** What a batch can hold. */
export type BatchRequest = GenerateRequest | EmbedRequest;

/** The result of a request: of `embed` where it has `values`, of `generate` else. */
export type ResultOf<R extends BatchRequest> = R extends EmbedRequest ? EmbedResult : GenerateResult;

/** A request, alone or with an id of the caller's own. Without one its id follows from what it asks. */
export type BatchInput<R extends BatchRequest = BatchRequest> = R | { id?: string | undefined; request: R };

/** A request of a batch, identified. */
export interface BatchItem<R extends BatchRequest = BatchRequest> {
  id: string;
  /** SHA-256 of what it asks, in hexadecimal. */
  hash: string;
  request: R;
}

/** What came of a request: `result` or `error`, never both. */
export interface BatchOutcome<T = GenerateResult | EmbedResult> {
  id: string;
  result?: T | undefined;
  error?: LLMError | undefined;
  /** It was read from the journal: nothing was asked, nothing paid. */
  resumed: boolean;
}

/** Gives each request its id, and refuses one that has been given before. */
export class Identifier {
  /** How often each id has been met. */
  readonly #seen = new Map<string, number>();

  /** @throws LLMError `invalid-request` */
  async identify<R extends BatchRequest>(input: BatchInput<R>): Promise<BatchItem<R>> {
    if (typeof input !== "object" || input === null) throw invalidOption("requests", "must hold requests");
    const { id, request } = "request" in input ? input : { id: undefined, request: input as R };
    if (typeof request !== "object" || request === null || !("messages" in request || "values" in request)) {
      throw invalidOption("requests", "must hold requests with `messages` or `values`");
    }
    if (id !== undefined && (typeof id !== "string" || id === "")) throw invalidOption("id", "must be a text");
    const hash = await sha256(requestKey(request));
    const name = id ?? hash.slice(0, 32);
    const times = this.#seen.get(name) ?? 0;
    this.#seen.set(name, times + 1);
    if (id !== undefined && times > 0) throw invalidOption("id", `${JSON.stringify(id)} is given to two requests`);
    return { id: times === 0 ? name : `${name}#${times + 1}`, hash, request };
  }
}

/** Asks for it. */
export async function askFor<R extends BatchRequest>(
  backend: LLMBackend,
  request: R,
  signal: AbortSignal | undefined,
): Promise<ResultOf<R>> {
  const asked = { ...request, signal };
  if (!("values" in asked)) return (await backend.generate(asked)) as ResultOf<R>;
  if (!backend.embed) throw new LLMError({ kind: "unsupported", message: `${backend.provider} makes no embeddings` });
  return (await backend.embed(asked)) as ResultOf<R>;
}

/** In hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
