import { isLLMError, LLMError } from "@llmux/core";
import { REMOTE_DATA_JSON_URL, updatePrices, waitForUpdate } from "@pydantic/genai-prices";
import { forgetLookUps } from "./price-list.js";

export interface RefreshOptions {
  /** Where the list is. Default where genai-prices publishes it, on GitHub. */
  url?: string | undefined;
  /** Default the global one. */
  fetch?: ((url: string, init: { signal?: AbortSignal }) => Promise<Response>) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Replaces the list that came with the package by the newest one, for all of the program. Nothing is ever fetched unless this is called. Where it
 * fails the list stays as it was.
 *
 * @throws LLMError `connection` where the list can't be had, `malformed-response` where it is none
 */
export async function refreshPrices({ url = REMOTE_DATA_JSON_URL, fetch, signal }: RefreshOptions = {}): Promise<void> {
  const data = await read(url, fetch ?? globalThis.fetch, signal);
  try {
    if (!Array.isArray(data) || data.length === 0) throw new TypeError("it is no list of providers");
    updatePrices(({ setProviderData }) => setProviderData(data));
    await waitForUpdate();
  } catch (cause) {
    throw new LLMError({ kind: "malformed-response", message: `The price list at ${url} can't be read`, cause });
  }
  forgetLookUps();
}

async function read(
  url: string,
  fetch: NonNullable<RefreshOptions["fetch"]>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (response.ok) return await response.json();
    throw new LLMError({
      kind: "connection",
      status: response.status,
      message: `The price list at ${url} can't be had: HTTP ${response.status}`,
    });
  } catch (cause) {
    if (isLLMError(cause)) throw cause;
    if (signal?.aborted) throw new LLMError({ kind: "aborted", message: "The prices' refresh was aborted", cause });
    const isText = cause instanceof SyntaxError;
    throw new LLMError({
      kind: isText ? "malformed-response" : "connection",
      message: `The price list at ${url} ${isText ? "is not JSON" : "can't be had"}`,
      cause,
    });
  }
}
