import { isLLMError } from "./errors.js";
import { malformed } from "./malformed.js";

/**
 * The JSON of an answer's body.
 * @throws LLMError `malformed-response` for a body that is none: most often a proxy's page, or a wrong URL
 */
export async function readJSON<T>(response: Response): Promise<T> {
  return parseJSON<T>(await response.text(), response.url);
}

/**
 * The JSON object of an answer's body.
 * @throws LLMError `malformed-response` for a body that is none
 */
export async function readObject<T extends object>(response: Response): Promise<T> {
  const value = await readJSON<T | null>(response);
  if (typeof value !== "object" || value === null) throw malformed("The answer is no JSON object", value);
  return value;
}

/**
 * @param url Where the text came from, for the error.
 * @throws LLMError `malformed-response`
 */
export function parseJSON<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw malformed(`${url || "The provider"} answered with something that is not JSON`, text);
  }
}

/**
 * What the JSON of an answer's body means.
 * @throws LLMError what {@link readJSON} and the reader throw; `malformed-response` where the reader stumbles
 */
export async function readAs<B, T>(response: Response, read: (body: B) => T): Promise<T> {
  return readValue(await readJSON<B>(response), read);
}

/**
 * What a value means. A reader that stumbles over it has met one of another type than the API's, and is not itself at fault.
 * @throws LLMError what the reader throws; `malformed-response` where it stumbles
 */
export function readValue<B, T>(value: B, read: (value: B) => T): T {
  try {
    return read(value);
  } catch (error) {
    throw isLLMError(error) ? error : malformed("The provider's answer is of another shape", value);
  }
}
