import { LLMError } from "@llmux/core/adapter";

/** A `malformed-response` error that shows the beginning of what came. */
export function malformed(message: string, got: unknown): LLMError {
  const text = typeof got === "string" ? got : written(got);
  return new LLMError({ kind: "malformed-response", message: `${message}: ${excerpt(text)}`, text });
}

export function excerpt(text: string | undefined): string {
  return text ? JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text) : "nothing at all";
}

function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return "(nested too deep to be shown)";
  }
}
