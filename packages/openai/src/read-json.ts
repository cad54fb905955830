import { isLLMError } from "@llmux/core/adapter";
import { malformed } from "./malformed.js";

/** @throws LLMError `malformed-response` for a body that is not JSON: most often a proxy's page, or a wrong URL */
export async function readJSON<T>(response: Response): Promise<T> {
  return parseJSON<T>(await response.text(), response.url);
}

/**
 * What a JSON body means. A reader that stumbles over a value has met one of another type than the API's, and is not itself at fault.
 * @throws LLMError what the reader throws; `malformed-response` where it stumbles
 */
export async function readAs<B, T>(response: Response, read: (body: B) => T): Promise<T> {
  const body = await readJSON<B>(response);
  try {
    return read(body);
  } catch (error) {
    throw isLLMError(error) ? error : malformed("The provider's answer is of another shape", body);
  }
}

/** @throws LLMError `malformed-response` */
export function parseJSON<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw malformed(`${url || "The provider"} answered with something that is not JSON`, text);
  }
}
