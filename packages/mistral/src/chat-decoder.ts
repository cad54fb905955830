import { type AdapterEvent, EventBuilder, type EventStreamDecoder, StreamFault } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import type { Echo } from "./echo.js";
import { bodyFacts, toFinishReason, toUsage } from "./facts.js";
import type { RichContent } from "./rich-content.js";
import type { WireChoice, WireCompletion, WireMessage, WireUsage } from "./wire.js";

/** Fields whose meaning is told elsewhere; what else there is goes into the metadata. */
const BODY_FIELDS = new Set(["id", "object", "created", "model", "choices", "usage", "p"]);
const CHOICE_FIELDS = new Set(["index", "message", "messages", "delta", "finish_reason"]);
const MESSAGE_FIELDS = new Set(["index", "role", "content", "tool_calls", "prefix"]);

/**
 * Reads a chat completion, chunk by chunk or whole: whole ones are read as though they were a stream of one chunk, so that both ways
 * give the same. Of several choices the first is read. What is more than plain text is read by code that is loaded when the first of it
 * comes.
 */
export class ChatDecoder implements EventStreamDecoder {
  done = false;
  readonly #builder = new EventBuilder();
  readonly #metadata = new Map<string, unknown>();
  /** The first chunk that names the response. */
  #head: WireCompletion | undefined;
  #usage: WireUsage | undefined;
  #finishReason: string | undefined;
  #answered = false;
  #echo: Echo | undefined;
  /** Of the plain text so far, in UTF-16 units. */
  #length = 0;
  #rich: RichContent | undefined;
  /** What could not be read. It may be no more than the end of a stream that was cut. */
  #broken: string | undefined;

  /** @param echo For a reply that goes on from words of the assistant's. */
  constructor(echo?: Echo) {
    this.#echo = echo;
  }

  /** The events since the last take. */
  take(): AdapterEvent[] {
    return this.#builder.take();
  }

  /**
   * Takes the `data` of a server-sent event. Where it gives a promise, the next is to be pushed only after that.
   * @throws LLMError `malformed-response`; StreamFault for what Mistral reports in mid-stream
   */
  push(data: string): undefined | Promise<void> {
    if (this.#broken !== undefined) throw new StreamFault("not-json", this.#broken);
    if (data === "[DONE]") {
      this.finish();
      return undefined;
    }
    let chunk: WireCompletion;
    try {
      chunk = JSON.parse(data) as WireCompletion;
    } catch {
      this.#broken = data;
      return undefined;
    }
    return this.read(chunk);
  }

  /** Takes one chunk, or a whole completion. */
  read(chunk: WireCompletion): undefined | Promise<void> {
    if (typeof chunk !== "object" || chunk === null) throw malformed("That is no chat completion", chunk);
    const { choices } = chunk;
    if (chunk.error || chunk.object === "error" || (!choices && (chunk.message || chunk.detail))) {
      throw new StreamFault("reported", chunk);
    }
    if (this.#head === undefined && chunk.id) this.#head = chunk;
    if (chunk.usage) this.#usage = chunk.usage;
    this.#keep(chunk, BODY_FIELDS);
    if (!Array.isArray(choices)) return undefined;
    const choice = (choices as WireChoice[]).find((each) => !each?.index);
    if (!choice) return undefined;
    this.#answered = true;
    if (choice.finish_reason) this.#finishReason = choice.finish_reason;
    this.#keep(choice, CHOICE_FIELDS);
    const message = choice.delta ?? choice.message;
    if (!message) return undefined;
    this.#keep(message, MESSAGE_FIELDS);
    return this.#message(this.#echo ? withoutEcho(message, this.#echo) : message);
  }

  /** Called at the end of the body. */
  end(): void {
    if (!this.done) throw new StreamFault("cut");
  }

  /**
   * Ends the reply.
   * @throws LLMError `malformed-response` where there was none
   */
  finish(): void {
    if (!this.#answered) throw malformed("That is no chat completion", this.#head);
    const held = this.#echo?.rest();
    if (held) void this.#message({ content: held });
    const called = this.#rich?.end() ?? false;
    this.#builder.finish({
      finishReason: toFinishReason(this.#finishReason, called),
      usage: toUsage(this.#usage),
      response: bodyFacts(this.#head ?? {}),
      ...(this.#metadata.size > 0 && { providerMetadata: { mistral: Object.fromEntries(this.#metadata) } }),
    });
    this.done = true;
  }

  #message(message: WireMessage): undefined | Promise<void> {
    const { content, tool_calls: calls } = message;
    if (typeof content === "string" && !calls?.length && !this.#rich) {
      this.#builder.text(content);
      this.#length += content.length;
      return undefined;
    }
    if ((!content || content.length === 0) && !calls?.length) return undefined;
    if (this.#rich) {
      this.#rich.read(message, this.#head?.id);
      return undefined;
    }
    return import("./rich-content.js").then(({ RichContent }) => {
      this.#rich = new RichContent(this.#builder, this.#length);
      this.#rich.read(message, this.#head?.id);
    });
  }

  #keep(from: object, known: ReadonlySet<string>): void {
    for (const key in from) {
      if (known.has(key)) continue;
      const value = (from as Record<string, unknown>)[key];
      if (value !== null && value !== undefined) this.#metadata.set(key, value);
    }
  }
}

function withoutEcho(message: WireMessage, echo: Echo): WireMessage {
  const { content } = message;
  if (typeof content === "string") return { ...message, content: echo.take(content) };
  return {
    ...message,
    content: content?.map((chunk) => (chunk.type === "text" ? { ...chunk, text: echo.take(chunk.text ?? "") } : chunk)),
  };
}
