import {
  type AdapterEvent,
  type AdapterMessage,
  EventBuilder,
  readLines,
  StreamFault,
  withHeaders,
} from "@llmux/core/adapter";
import { BodyReader } from "./body-reader.js";
import { isReply, type Reply, textOf, thinkingOf } from "./reply.js";
import { finishReasonOf, metadataOf, responseOf, usageOf } from "./reply-facts.js";
import type { ToolCallReader } from "./tool-call-reader.js";

export interface ReplyStream {
  /** Makes the request. */
  open(): Promise<Response>;
  model: string;
  /** The conversation so far. */
  messages: readonly AdapterMessage[];
  /** Called with the last line, before the stream's `finish`. */
  onLast(reply: Reply): Promise<void> | undefined;
}

/**
 * The events of a streamed reply, an array for each piece off the wire. Reads the body itself: the SDK's own iterator prints what is not
 * JSON to the console and goes on without it.
 *
 * @throws LLMError for an error in mid-stream, for a line that is no reply, and where the stream ends before a line with `done`
 */
export async function* readReply(stream: ReplyStream): AsyncGenerator<AdapterEvent[], void, void> {
  const response = await stream.open();
  yield [{ type: "start", response: withHeaders({}, response.headers) }];
  const builder = new EventBuilder();
  const body = new BodyReader(response.body as ReadableStream<Uint8Array>);
  let tools: ToolCallReader | undefined;
  let logprobs: unknown[] | undefined;
  for await (const lines of readLines(body)) {
    let failure: unknown;
    let last: Reply | undefined;
    for (const line of lines) {
      try {
        let reply: Reply;
        try {
          reply = JSON.parse(line) as Reply;
        } catch (cause) {
          throw (await import("./errors.js")).errorFromLine(line, body, cause);
        }
        if (!isReply(reply)) throw (await import("./errors.js")).errorFromReply(reply, stream.model);
        const thinking = thinkingOf(reply);
        if (thinking !== "") builder.reasoning(thinking);
        const text = textOf(reply);
        if (text !== "") builder.text(text);
        const calls = reply.message?.tool_calls;
        if (calls && calls.length !== 0) {
          tools ??= new (await import("./tool-call-reader.js")).ToolCallReader(stream.messages);
          tools.readInto(builder, calls);
        }
        if (Array.isArray(reply.logprobs)) {
          logprobs ??= [];
          logprobs.push(...reply.logprobs);
        }
        if (reply.done === true) {
          last = reply;
          break;
        }
      } catch (error) {
        failure = error;
        break;
      }
    }
    if (failure !== undefined) {
      // What came before it in the same piece is the caller's, and has to reach them first.
      const events = builder.take();
      if (events.length > 0) yield events;
      throw failure;
    }
    if (last) {
      body.ended = true;
      await stream.onLast(last);
      const providerMetadata = metadataOf(last, logprobs);
      builder.finish({
        finishReason: finishReasonOf(last, tools !== undefined),
        usage: usageOf(last),
        response: responseOf(last),
        ...(providerMetadata && { providerMetadata }),
      });
      yield builder.take();
      return;
    }
    yield builder.take();
  }
  throw new StreamFault("cut");
}
