import { LLMError } from "@llmux/core/adapter";

/** @throws LLMError `malformed-response` for a body that is not a JSON object */
export async function readJSON<T extends object>(response: Response): Promise<T> {
  const text = await response.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(`${response.url || "The provider"} answered with something that is not JSON`, text);
  }
  if (typeof value !== "object" || value === null) throw malformed("The answer is no JSON object", text);
  return value as T;
}

/** A `malformed-response` error that shows the beginning of what came. */
export function malformed(message: string, got: unknown): LLMError {
  const text = typeof got === "string" ? got : (JSON.stringify(got) ?? "");
  const shown = text === "" ? "nothing at all" : JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
  return new LLMError({ kind: "malformed-response", message: `${message}: ${shown}`, text: text.slice(0, 10_000) });
}

/**
 * A text that may be absent, or in parts.
 * @throws LLMError `malformed-response` for what is no text
 */
export function textIn(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((part) => textIn((part as { text?: unknown } | null)?.text)).join("");
  throw malformed("The reply holds something else in place of a text", value);
}
