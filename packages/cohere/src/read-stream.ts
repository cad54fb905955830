import { type AdapterEvent, headersToObject, type LLMError, readEventStream } from "@llmux/core/adapter";
import { malformed, readObject } from "@llmux/core/answers";
import { ChatDecoder, type Reported } from "./chat-decoder.js";

/**
 * The events of a streamed reply, one batch for each piece that comes off the wire.
 *
 * @throws LLMError for an error in mid-stream, for what is no event, and where the stream ends before `message-end`
 */
export async function* readChatStream(open: () => Promise<Response>): AsyncGenerator<AdapterEvent[], void, void> {
  const response = await open();
  if (response.headers.get("content-type")?.includes("application/json")) await refuse(response);
  const headers = headersToObject(response.headers);
  yield [{ type: "start", response: { requestId: headers["x-debug-trace-id"], headers } }];
  yield* readEventStream(response.body, new ChatDecoder(), errorFrom);
}

async function errorFrom(reported: Reported): Promise<LLMError> {
  const { errorFromBody, errorFromFinish } = await import("./errors.js");
  return "finish" in reported ? errorFromFinish(reported.finish, reported.said) : errorFromBody(reported.body);
}

/** An answer that is no stream is an error, or comes from a server that knows no streams. */
async function refuse(response: Response): Promise<never> {
  const body = await readObject<{ message?: unknown }>(response);
  if (typeof body.message === "string") throw (await import("./errors.js")).errorFromBody(body);
  throw malformed("Asked for a stream, the server answered with something else", body);
}
