import { type AdapterEvent, headersToObject, readEventStream } from "@llmux/core/adapter";
import { malformed, readObject } from "@llmux/core/answers";
import { ChatDecoder } from "./chat-decoder.js";
import type { WireCompletion } from "./wire.js";

/**
 * The events of a streamed reply, one batch for each piece that comes off the wire.
 *
 * @throws LLMError for an error in mid-stream, for what is no chunk, and where the stream ends before its end
 */
export async function* readChatStream(open: () => Promise<Response>): AsyncGenerator<AdapterEvent[], void, void> {
  const response = await open();
  if (response.headers.get("content-type")?.includes("application/json")) await refuse(response);
  const headers = headersToObject(response.headers);
  yield [{ type: "start", response: { requestId: headers["x-request-id"], headers } }];
  yield* readEventStream(response.body, new ChatDecoder(), async (reported: object) =>
    (await import("./errors.js")).errorFromBody(reported),
  );
}

/** An answer that is no stream is an error, or comes from a server that knows no streams. */
async function refuse(response: Response): Promise<never> {
  const body = await readObject<WireCompletion>(response);
  if (body.error) throw (await import("./errors.js")).errorFromBody(body);
  throw malformed("Asked for a stream, the server answered with something else", body);
}
