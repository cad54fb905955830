import { readServerSentEvents } from "@llmux/core/adapter";
import { malformed } from "./errors.js";

/**
 * The chunks of a stream of server-sent events, as text, one batch for each piece that comes off the wire.
 * @throws LLMError `malformed-response` for an answer that is no stream
 */
export async function* readChunks(response: Response): AsyncGenerator<string[], void, void> {
  const type = response.headers.get("content-type") ?? "";
  if (!response.body || !type.startsWith("text/event-stream")) throw malformed(await response.text());
  for await (const events of readServerSentEvents(response.body)) yield events.map(({ data }) => data);
}
