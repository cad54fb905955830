import { invalidOption, isLLMError, LLMError } from "@llmux/core";
import { readPieces } from "@llmux/core/adapter";

export interface RefreshOptions {
  /** Where the list is. Default where its makers publish it, on GitHub. */
  url?: string | undefined;
  /** Default the global one. */
  fetch?: ((url: string, init: { signal?: AbortSignal }) => Promise<Response>) | undefined;
  signal?: AbortSignal | undefined;
}

/** Many times the length of either list. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The JSON at a URL, which may be anything.
 *
 * @param what what it is meant to be, for the errors
 * @throws LLMError `invalid-request` for a URL that is none, `connection`, `aborted`, `malformed-response` for what is not JSON or far too long
 */
export async function fetchJSON(what: string, url: string, { fetch, signal }: RefreshOptions): Promise<unknown> {
  const from = `The ${what} at ${withoutSecrets(url)}`;
  const text = await read(url, from, fetch ?? globalThis.fetch, signal);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LLMError({ kind: "malformed-response", message: `${from} is not JSON`, cause });
  }
}

async function read(
  url: string,
  from: string,
  fetch: NonNullable<RefreshOptions["fetch"]>,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (response.ok) return await boundedText(response, from);
    await response.body?.cancel();
    const { status } = response;
    throw new LLMError({ kind: "connection", status, message: `${from} can't be had: HTTP ${status}` });
  } catch (cause) {
    if (isLLMError(cause)) throw cause;
    const kind = signal?.aborted ? "aborted" : "connection";
    const failed = signal?.aborted ? "was no longer wanted" : "can't be had";
    throw new LLMError({ kind, message: `${from} ${failed}`, cause });
  }
}

async function boundedText({ body }: Response, from: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of readPieces(body ?? [])) {
    bytes += piece.length;
    if (bytes > MOST_BYTES)
      throw new LLMError({ kind: "malformed-response", message: `${from} is longer than ${MOST_BYTES} bytes` });
    text += typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/** A URL without its query, user and password, which may hold a token. */
function withoutSecrets(url: string): string {
  const { protocol, origin, pathname } = URL.canParse(url) ? new URL(url) : { protocol: "", origin: "", pathname: "" };
  if (protocol !== "http:" && protocol !== "https:") throw invalidOption("url", "must be an http or https URL");
  return origin + pathname;
}
