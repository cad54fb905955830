import { LLMError } from "@llmux/core";
import { REMOTE_DATA_JSON_URL, updatePrices, waitForUpdate } from "@pydantic/genai-prices";
import { fetchJSON, type RefreshOptions } from "./fetch-json.js";
import { forgetLookUps } from "./price-list.js";

/**
 * Replaces the list that came with the package by the newest one, for all of the program. Nothing is ever fetched unless this is called. Where it
 * fails the list stays as it was.
 *
 * @throws LLMError `connection` where the list can't be had, `malformed-response` where it is none, `aborted`
 */
export async function refreshPrices({ url = REMOTE_DATA_JSON_URL, ...options }: RefreshOptions = {}): Promise<void> {
  const data = await fetchJSON("price list", url, options);
  try {
    if (!Array.isArray(data) || data.length === 0) throw new TypeError("it is no list of providers");
    updatePrices(({ setProviderData }) => setProviderData(data));
    await waitForUpdate();
  } catch (cause) {
    throw new LLMError({ kind: "malformed-response", message: "The price list can't be read", cause });
  }
  forgetLookUps();
}
