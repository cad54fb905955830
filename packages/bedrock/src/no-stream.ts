import { type ByteSource, LLMError } from "@llmux/core/adapter";
import { errorFromBody } from "./errors.js";
import { readText } from "./read-body.js";

/** The error for an answer that is no event stream where one was asked for. */
export async function noStream(body: ByteSource): Promise<LLMError> {
  const text = await readText(body);
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    const what = /^\s*</.test(text) ? "a web page" : "something";
    const message = `The provider answered with ${what} where a stream was asked for`;
    return new LLMError({ kind: "malformed-response", message, text: text.slice(0, 10_000) });
  }
  const said =
    typeof reply === "object" && reply !== null ? errorFromBody(reply as Record<string, unknown>) : undefined;
  const message = "The provider answered with a whole message where a stream was asked for";
  return said ?? new LLMError({ kind: "malformed-response", message, text: text.slice(0, 10_000) });
}
