import type { AdapterEvent, EventStreamDecoder } from "@llmux/core/adapter";
import { EventBuilder, StreamFault } from "@llmux/core/adapter";
import {
  isFlatError,
  keep,
  responseFacts,
  toFinishReason,
  toUsage,
  type WireChoice,
  type WireCompletion,
  type WireMessage,
  type WireUsage,
} from "./chat-facts.js";
import type { ChatStreamParts } from "./chat-stream-parts.js";
import { BODY_METADATA, CHOICE_METADATA, type WireHost } from "./host.js";

/**
 * Reads a stream of Chat Completions. Its end marker is `data: [DONE]`; what else counts, the host says. Of several choices the
 * first is read. What is more than text (reasoning, tool calls, audio, citations) is read by code that is loaded when the first of it comes.
 */
export class ChatDecoder implements EventStreamDecoder {
  done = false;
  readonly #host: WireHost;
  readonly #audioFormat: string | undefined;
  readonly #builder = new EventBuilder();
  /** The first chunk that names the response. */
  #head: WireCompletion | undefined;
  #usage: WireUsage | undefined;
  #finishReason: string | undefined;
  readonly #metadata: Record<string, unknown> = {};
  #parts: ChatStreamParts | undefined;
  /** What could not be read. It may be no more than the end of a stream that was cut. */
  #broken: string | undefined;

  /** @param audioFormat The format that audio was asked for in, which the stream does not name. */
  constructor(host: WireHost, audioFormat?: string) {
    this.#host = host;
    this.#audioFormat = audioFormat;
  }

  take(): AdapterEvent[] {
    return this.#builder.take();
  }

  push(data: string): undefined | Promise<void> {
    if (this.#broken !== undefined) throw new StreamFault("not-json", this.#broken);
    if (data === "[DONE]") {
      this.#finish();
      return;
    }
    let chunk: WireCompletion;
    try {
      chunk = JSON.parse(data) as WireCompletion;
    } catch {
      this.#broken = data;
      return;
    }
    if (typeof chunk !== "object" || chunk === null) throw new StreamFault("not-object", data);
    if (chunk.error) throw new StreamFault("reported", chunk.error);
    // Azure's first chunk has an empty id and model.
    if (this.#head === undefined && chunk.id) this.#head = chunk;
    // The second is Groq's place for it, in models of a while ago.
    this.#usage = chunk.usage ?? chunk.x_groq?.usage ?? this.#usage;
    const { bodyMetadata = BODY_METADATA, latestMetadata } = this.#host;
    keep(this.#metadata, chunk, bodyMetadata, latestMetadata);
    const { choices } = chunk;
    if (!choices) {
      if (isFlatError(chunk)) throw new StreamFault("reported", chunk);
      return;
    }
    let more: undefined | Promise<void>;
    for (const choice of choices) if (!choice.index) more = this.#choice(choice);
    return more;
  }

  end(): void {
    if (this.done) return;
    const { end } = this.#host;
    const whole = this.#broken === undefined && this.#finishReason !== undefined;
    if (!whole || !(end === "finish-reason" || (end === "usage" && this.#usage))) throw new StreamFault("cut");
    this.#finish();
  }

  #choice(choice: WireChoice): undefined | Promise<void> {
    const { delta } = choice;
    const { choiceMetadata = CHOICE_METADATA } = this.#host;
    if (choice.finish_reason) this.#finishReason = choice.finish_reason;
    keep(this.#metadata, choice, choiceMetadata);
    if (!delta) return undefined;
    // Before its words, which end the reasoning.
    if (delta.reasoning_content || delta.reasoning || delta.reasoning_details?.length)
      return this.#withParts((parts) => {
        parts.think(delta);
        return this.#delta(delta);
      });
    return this.#delta(delta);
  }

  #delta(delta: WireMessage): undefined | Promise<void> {
    const { content } = delta;
    if (content && typeof content === "string") {
      this.#parts?.seal();
      this.#builder.text(content);
    }
    const { messageMetadata, latestMetadata } = this.#host;
    if (messageMetadata) keep(this.#metadata, delta, messageMetadata, latestMetadata);
    if (
      delta.refusal ||
      delta.tool_calls ||
      delta.audio ||
      delta.function_call ||
      delta.annotations ||
      delta.images ||
      (content && typeof content !== "string")
    ) {
      return this.#withParts((parts) => parts.read(delta, this.#head?.id));
    }
    return undefined;
  }

  #withParts(read: (parts: ChatStreamParts) => undefined | void | Promise<void>): undefined | Promise<void> {
    if (this.#parts) return read(this.#parts) as undefined | Promise<void>;
    return import("./chat-stream-parts.js").then(({ ChatStreamParts }) => {
      this.#parts = new ChatStreamParts(this.#builder, this.#host.provider, this.#audioFormat);
      return read(this.#parts);
    });
  }

  #finish(): void {
    const builder = this.#builder;
    const parts = this.#parts;
    const called = parts?.end();
    const metadata = this.#metadata;
    builder.finish({
      finishReason: toFinishReason(this.#finishReason, called, parts?.refused),
      usage: toUsage(this.#usage),
      response: responseFacts(this.#head ?? {}),
      ...(Object.keys(metadata).length > 0 && { providerMetadata: { [this.#host.provider]: metadata } }),
    });
    this.done = true;
  }
}
