import type { AdapterEvent } from "@llmux/core/adapter";
import { EventBuilder, LLMError } from "@llmux/core/adapter";
import { base64ToBytes, bytesToBase64 } from "@llmux/core/media";
import { errorFromObject, malformed } from "./errors.js";
import {
  keep,
  madeUpId,
  readContent,
  responseFacts,
  toAudio,
  toCitations,
  toFinishReason,
  toolCallMetadata,
  toolCallText,
  toUsage,
  type WireAnnotation,
  type WireAudio,
  type WireChoice,
  type WireCompletion,
  type WireMessage,
  type WireToolCall,
  type WireUsage,
} from "./from-chat.js";
import { BODY_METADATA, CHOICE_METADATA, type WireHost } from "./host.js";
import type { StreamDecoder } from "./stream-decoder.js";

/** A tool call that is being streamed. */
interface OpenCall {
  key: number;
  id: string | undefined;
  name: string | undefined;
  /** Arguments that came before the name. */
  held: string;
}

/**
 * Reads a stream of Chat Completions. Its end marker is `data: [DONE]`; what else counts, the host says. Of several choices the first
 * is read. Tool calls are kept apart by `index`, or where a server leaves it out or gives all the same one, by `id`; they end with
 * the stream, for only then is it sure that no more arguments follow.
 */
export class ChatDecoder implements StreamDecoder {
  done = false;
  readonly #host: WireHost;
  readonly #audioFormat: string | undefined;
  readonly #bodyMetadata: readonly string[];
  readonly #choiceMetadata: readonly string[];
  readonly #builder = new EventBuilder();
  /** The first chunk that names the response. */
  #head: WireCompletion | undefined;
  #usage: WireUsage | undefined;
  #finishReason: string | undefined;
  readonly #metadata: Record<string, unknown> = {};
  readonly #calls: OpenCall[] = [];
  /** The call that an index stands for now. */
  readonly #byIndex = new Map<number, OpenCall>();
  #annotations: WireAnnotation[] = [];
  #audio: (WireAudio & { pieces: Uint8Array[] }) | undefined;
  #refused = false;
  /** What could not be read. It may be no more than the end of a stream that was cut. */
  #broken: string | undefined;
  readonly #add = (type: "text" | "reasoning", text: string | undefined): void => {
    if (text) this.#builder[type](text);
  };

  /** @param audioFormat The format that audio was asked for in, which the stream does not name. */
  constructor(host: WireHost, audioFormat?: string) {
    this.#host = host;
    this.#audioFormat = audioFormat;
    this.#bodyMetadata = host.bodyMetadata ?? BODY_METADATA;
    this.#choiceMetadata = host.choiceMetadata ?? CHOICE_METADATA;
  }

  take(): AdapterEvent[] {
    return this.#builder.take();
  }

  push(data: string): void {
    if (this.done) return;
    if (this.#broken !== undefined) throw malformed("The stream holds an event that is not JSON", this.#broken);
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
    if (typeof chunk !== "object" || chunk === null)
      throw malformed("The stream holds an event that is no object", data);
    if (chunk.error) throw errorFromObject(chunk.error);
    // Azure's first chunk has an empty id and model.
    if (this.#head === undefined && chunk.id) this.#head = chunk;
    if (chunk.usage) this.#usage = chunk.usage;
    // Groq's place for it, in models of a while ago.
    else if (chunk.x_groq?.usage) this.#usage = chunk.x_groq.usage;
    keep(this.#metadata, chunk, this.#bodyMetadata);
    const { choices } = chunk;
    if (!choices) return;
    for (let at = 0; at < choices.length; at++) {
      const choice = choices[at] as WireChoice;
      if (!choice.index) this.#choice(choice);
    }
  }

  end(): void {
    if (this.done) return;
    const { end = "done" } = this.#host;
    const whole = this.#broken === undefined && this.#finishReason !== undefined;
    if (whole && (end === "finish-reason" || (end === "usage" && this.#usage))) this.#finish();
    else
      throw new LLMError({ kind: "connection", message: "The stream ended before the provider said that it was done" });
  }

  #choice(choice: WireChoice): void {
    const { delta } = choice;
    if (delta) {
      const reasoning = delta.reasoning_content ?? delta.reasoning;
      if (reasoning) this.#builder.reasoning(reasoning);
      const { content } = delta;
      if (typeof content === "string") this.#builder.text(content);
      else if (content) readContent(content, this.#add);
      this.#rest(delta);
      if (this.#host.messageMetadata) keep(this.#metadata, delta, this.#host.messageMetadata);
    }
    if (choice.finish_reason) this.#finishReason = choice.finish_reason;
    keep(this.#metadata, choice, this.#choiceMetadata);
  }

  #rest(delta: WireMessage): void {
    if (delta.refusal) {
      this.#refused = true;
      this.#builder.refusal(delta.refusal);
    }
    if (delta.tool_calls) for (const call of delta.tool_calls) this.#call(call);
    if (delta.function_call) this.#call({ index: 0, function: delta.function_call });
    if (delta.annotations && delta.annotations.length > 0) this.#annotations.push(...delta.annotations);
    if (delta.audio) this.#hear(delta.audio);
  }

  #call(call: WireToolCall): void {
    const { name, text } = toolCallText(call);
    const open = this.#openCall(call, name);
    if (name && open.name === undefined) {
      open.name = name;
      open.id ??= call.id || madeUpId(this.#head?.id, open.key);
      this.#endText();
      const metadata = toolCallMetadata(call);
      this.#builder.toolStart(open.key, open.id, name, metadata && { [this.#host.provider]: metadata });
      this.#builder.toolDelta(open.key, open.held);
    }
    if (open.name === undefined) open.held += text;
    else this.#builder.toolDelta(open.key, text);
  }

  /** The call that a piece belongs to. */
  #openCall({ index, id }: WireToolCall, name: string | undefined): OpenCall {
    const known = this.#calls;
    let open = typeof index === "number" ? this.#byIndex.get(index) : undefined;
    if (typeof index !== "number")
      open = id ? known.find((call) => call.id === id) : name ? undefined : known[known.length - 1];
    // Another id and a name under a known index is another call: some servers give every call the index 0.
    else if (open && id && name && open.id !== undefined && open.id !== id) open = known.find((call) => call.id === id);
    if (!open) {
      open = { key: known.length, id: id || undefined, name: undefined, held: "" };
      known.push(open);
    }
    if (typeof index === "number") this.#byIndex.set(index, open);
    return open;
  }

  #hear({ data, transcript, ...facts }: WireAudio): void {
    this.#audio ??= { pieces: [] };
    Object.assign(this.#audio, facts);
    if (transcript) this.#audio.transcript = (this.#audio.transcript ?? "") + transcript;
    if (data) this.#audio.pieces.push(base64ToBytes(data));
  }

  #endText(): void {
    const citations = toCitations(this.#annotations);
    this.#annotations = [];
    this.#builder.endBlock(citations && { citations });
  }

  #finish(): void {
    const nameless = this.#calls.find(({ name }) => name === undefined);
    if (nameless) throw malformed("The stream holds a tool call without a name", nameless.held);
    const { provider } = this.#host;
    const builder = this.#builder;
    this.#endText();
    builder.endAll();
    if (this.#audio) {
      const { pieces, ...audio } = this.#audio;
      builder.push(toAudio({ ...audio, data: bytesToBase64(concat(pieces)) }, provider, this.#audioFormat));
    }
    const metadata = this.#metadata;
    builder.finish({
      finishReason: toFinishReason(this.#finishReason, this.#calls.length > 0, this.#refused),
      usage: toUsage(this.#usage),
      response: responseFacts(this.#head ?? {}),
      ...(Object.keys(metadata).length > 0 && { providerMetadata: { [provider]: metadata } }),
    });
    this.done = true;
  }
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
