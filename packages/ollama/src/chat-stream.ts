import { type AdapterEvent, EventBuilder, headersToObject, LLMError, readLines } from "@llmux/core/adapter";
import { malformed } from "./errors.js";
import {
  finishReasonOf,
  metadataOf,
  requireReply,
  responseOf,
  textOf,
  thinkingOf,
  toolCallOf,
  usageOf,
} from "./from-chat.js";
import type { Reply } from "./reply.js";
import type { ToolCallIds } from "./tool-call-ids.js";

export interface ReplyStream {
  /** Makes the request. */
  open(): Promise<Response>;
  model: string;
  ids: ToolCallIds;
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
  const { model, ids } = stream;
  const response = await stream.open();
  yield [{ type: "start", response: { headers: headersToObject(response.headers) } }];
  const builder = new EventBuilder();
  const body = new BodyReader(response.body as ReadableStream<Uint8Array>);
  let hasToolCalls = false;
  let logprobs: unknown[] | undefined;
  for await (const lines of readLines(body)) {
    let failure: unknown;
    let last: Reply | undefined;
    for (const line of lines) {
      try {
        const reply = parseLine(line, body);
        requireReply(reply, model);
        const thinking = thinkingOf(reply);
        if (thinking !== "") builder.reasoning(thinking);
        const text = textOf(reply);
        if (text !== "") builder.text(text);
        const calls = reply.message?.tool_calls;
        if (calls) {
          for (const call of calls) builder.toolCall(toolCallOf(call, ids));
          hasToolCalls ||= calls.length > 0;
        }
        if (reply.logprobs) {
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
      builder.finish({
        finishReason: finishReasonOf(last, hasToolCalls),
        usage: usageOf(last),
        response: responseOf(last),
        ...withMetadata(last, logprobs),
      });
      yield builder.take();
      return;
    }
    yield builder.take();
  }
  throw new LLMError({ kind: "connection", message: "The stream ended before Ollama said that it was done" });
}

function withMetadata(last: Reply, logprobs: unknown[] | undefined): object {
  const providerMetadata = metadataOf(last, logprobs);
  return providerMetadata ? { providerMetadata } : {};
}

/** @throws LLMError `connection` for a last line that was cut off, `malformed-response` for any other that is not JSON */
export function parseLine(line: string, body: BodyReader): Reply {
  try {
    return JSON.parse(line) as Reply;
  } catch (cause) {
    if (body.exhausted)
      throw new LLMError({ kind: "connection", message: "The stream was cut off within a line", cause });
    throw malformed("The stream holds a line that is not JSON", line, undefined, cause);
  }
}

/** How long the end of a body is waited for once its last line has come, in milliseconds. */
const SETTLE = 100;

/**
 * A body that is left in two ways: cancelled, which closes the connection, or, once `ended`, read to its end, which is usually but a
 * packet away and lets the connection be used again. A server that keeps it open is not waited for long.
 */
export class BodyReader implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  ended = false;
  /** Whether the body was read to its end. What a line reader gives after that had no line end. */
  exhausted = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const piece = await this.#reader.read();
    this.exhausted = piece.done;
    return piece as IteratorResult<Uint8Array, undefined>;
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const cancel = (): Promise<void> => this.#reader.cancel().catch(() => undefined);
    if (this.ended) {
      const timer = setTimeout(cancel, SETTLE);
      try {
        while (!(await this.#reader.read()).done);
      } catch {
        // The reply is whole: how the connection ended is nobody's concern.
      }
      clearTimeout(timer);
    } else await cancel();
    return { done: true, value: undefined };
  }
}
