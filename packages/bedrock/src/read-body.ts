import { type ByteSource, LLMError, readPieces } from "@llmux/core/adapter";

/** All of a body, as text. */
export async function readText(body: ByteSource): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of readPieces(body))
    text += typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/**
 * All of a body, as JSON.
 * @throws LLMError `malformed-response` where it is none, or no object
 */
export async function readJSON(body: ByteSource): Promise<Record<string, unknown>> {
  const text = await readText(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const what = /^\s*</.test(text) ? "a web page" : "not JSON";
    throw new LLMError({
      kind: "malformed-response",
      message: `The reply is ${what}`,
      text: text.slice(0, 10_000),
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new LLMError({
    kind: "malformed-response",
    message: "The reply is no JSON object",
    text: text.slice(0, 10_000),
  });
}
