import { readLines } from "@llmux/core/adapter";
import { malformed } from "./errors.js";

/**
 * The chunks of a stream of JSON lines, as text, one batch for each piece that comes off the wire.
 * @throws LLMError `malformed-response` for an answer that is no stream
 */
export async function* readChunks(response: Response): AsyncGenerator<string[], void, void> {
  const type = response.headers.get("content-type") ?? "";
  if (!response.body || !type.startsWith("application/x-ndjson")) throw malformed(await response.text());
  yield* readLines(response.body);
}
