import { LLMError } from "@llmux/core/adapter";

/** @throws LLMError `malformed-response` for what is not JSON */
export async function readJSON<T>(response: Response): Promise<T> {
  return parseJSON<T>(await response.text(), response.url);
}

/** @throws LLMError `malformed-response` */
function parseJSON<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw malformed(`${url || "The server"} answered with something that is not JSON`, text);
  }
}

/** A `malformed-response` error that shows the beginning of what came. */
export function malformed(message: string, got: unknown): LLMError {
  const text = typeof got === "string" ? got : written(got);
  return new LLMError({ kind: "malformed-response", message: `${message}: ${excerpt(text)}`, text });
}

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
