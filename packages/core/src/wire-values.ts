import { malformed } from "./malformed.js";

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
