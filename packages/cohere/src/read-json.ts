import { isLLMError, LLMError } from "@llmux/core/adapter";

/** @throws LLMError `malformed-response` for a body that is not a JSON object */
export async function readJSON<T extends object>(response: Response): Promise<T> {
  const text = await response.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(`${response.url || "Cohere"} answered with something that is not JSON`, text);
  }
  if (typeof value !== "object" || value === null) throw malformed("The answer is no JSON object", text);
  return value as T;
}

/** A `malformed-response` error that shows the beginning of what came. */
export function malformed(message: string, got: unknown): LLMError {
  const text = typeof got === "string" ? got : written(got);
  const shown = text === "" ? "nothing at all" : JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
  return new LLMError({ kind: "malformed-response", message: `${message}: ${shown}`, text: text.slice(0, 10_000) });
}

/** A value as text for an error. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "(nested too deep to be shown)";
  }
}

/**
 * A text that may be absent.
 * @throws LLMError `malformed-response` for what is neither
 */
export function textIn(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw malformed("The reply holds something else in place of a text", value);
  return value;
}

/**
 * What a body means. A reader that stumbles over a value has met one of another type than the API's, and is not itself at fault.
 * @throws LLMError what the reader throws; `malformed-response` where it stumbles
 */
export function readAs<B, T>(body: B, read: (body: B) => T): T {
  try {
    return read(body);
  } catch (error) {
    throw isLLMError(error) ? error : malformed("The answer is of another shape", body);
  }
}

/** A count, where it is one. */
export function countIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/**
 * The name of the tool that a call is for.
 * @throws LLMError `malformed-response` where there is none
 */
export function toolNameIn(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw malformed("The reply calls a tool without a name", value);
}
