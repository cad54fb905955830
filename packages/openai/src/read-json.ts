import { malformed } from "./malformed.js";

/** @throws LLMError `malformed-response` for a body that is not JSON: most often a proxy's page, or a wrong URL */
export async function readJSON<T>(response: Response): Promise<T> {
  return parseJSON<T>(await response.text(), response.url);
}

/** @throws LLMError `malformed-response` */
export function parseJSON<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw malformed(`${url || "The provider"} answered with something that is not JSON`, text);
  }
}
