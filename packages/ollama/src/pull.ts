import { isLLMError, LLMError, readLines } from "@llmux/core/adapter";
import { BodyReader } from "./body-reader.js";
import { type ClientConfig, OllamaConnection } from "./client.js";

/** How far a pull is. */
export interface PullProgress {
  /** Ollama's own words: `pulling manifest`, `pulling 7cd4618c1faf`, `verifying sha256 digest`, `success`. */
  status: string;
  /** Bytes of the layer that is being pulled; `undefined` between layers. */
  completed: number | undefined;
  total: number | undefined;
  /** `completed` of `total`, 0 to 100. */
  percent: number | undefined;
  /** The layer. */
  digest: string | undefined;
}

export interface PullOptions extends ClientConfig {
  /** Ends the pull. What has been downloaded is kept by the server, and the next pull goes on from there. */
  signal?: AbortSignal | undefined;
  /** Let the server pull from a registry without TLS. */
  insecure?: boolean | undefined;
  onProgress?: ((progress: PullProgress) => void) | undefined;
}

/**
 * Has the server download a model; done when the promise is fulfilled. A model that is already there takes a moment.
 *
 * @throws LLMError `not-found` for a model that the registry does not have, `connection` where the server can't be reached or the
 * stream breaks, `aborted` by the signal
 */
export async function pullModel(name: string, options: PullOptions = {}): Promise<void> {
  const { signal, insecure, onProgress, ...config } = options;
  const connection = new OllamaConnection(config);
  try {
    if (signal?.aborted) throw signal.reason;
    const { response } = await connection.send({ signal, model: name }, (client) =>
      client.pull({ model: name, stream: true, ...(insecure !== undefined && { insecure }) }),
    );
    const body = new BodyReader(response.body as ReadableStream<Uint8Array>);
    for await (const lines of readLines(body)) {
      for (const line of lines) {
        const progress = await readProgress(line, body, name);
        onProgress?.(progress);
        if (progress.status === "success") {
          body.ended = true;
          return;
        }
      }
    }
    throw new LLMError({
      kind: "connection",
      message: `The pull of ${name} ended before Ollama said that it was done`,
    });
  } catch (error) {
    throw await toError(error, signal, connection.baseURL, name);
  }
}

async function readProgress(line: string, body: BodyReader, name: string): Promise<PullProgress> {
  let answer: Partial<PullProgress> & { error?: unknown };
  try {
    answer = JSON.parse(line) as Partial<PullProgress>;
  } catch (cause) {
    throw (await import("./errors.js")).errorFromLine(line, body, cause);
  }
  const { status, completed, total, digest, error } = answer;
  if (error !== undefined) {
    const { factsFromText } = await import("./errors.js");
    const facts = factsFromText(String(error), name);
    // To say "pull it first" here would be of no help.
    if (facts.kind === "not-found")
      facts.message = `There is no model "${name}" to pull (${String(error)}). See https://ollama.com/search`;
    throw new LLMError(facts);
  }
  // A layer of which nothing has come yet has no `completed`.
  const done = completed ?? (total === undefined ? undefined : 0);
  const percent = total ? ((done ?? 0) / total) * 100 : undefined;
  return { status: status ?? "", completed: done, total, percent, digest };
}

async function toError(
  error: unknown,
  signal: AbortSignal | undefined,
  baseURL: string,
  model: string,
): Promise<unknown> {
  if (signal?.aborted)
    return new LLMError({
      kind: "aborted",
      message: `The pull of ${model} was aborted`,
      provider: "ollama",
      model,
      cause: error,
    });
  if (isLLMError(error)) return error;
  const { connectionFailure } = await import("./errors.js");
  const facts = connectionFailure(error, baseURL, true);
  return facts ? new LLMError({ cause: error, ...facts, provider: "ollama", model }) : error;
}
