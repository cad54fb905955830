import { LLMError } from "./errors.js";

/** The longest text that an error keeps of an answer, in UTF-16 units. */
const MOST = 10_000;

/** A `malformed-response` error that shows the beginning of what came: a text, or a value. */
export function malformed(message: string, got: unknown): LLMError {
  const text = typeof got === "string" ? got : written(got);
  return new LLMError({
    kind: "malformed-response",
    message: `${message}: ${excerpt(text)}`,
    text: text.slice(0, MOST),
  });
}

/** The beginning of a text, in quotation marks, for a message. */
export function excerpt(text: string | undefined): string {
  return text ? JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text) : "nothing at all";
}

/** A value as text for an error. */
export function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "(nested too deep to be shown)";
  }
}
