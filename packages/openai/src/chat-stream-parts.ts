import type { EventBuilder } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { base64ToBytes, bytesToBase64 } from "@llmux/core/media";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import type { WireAnnotation, WireAudio, WireImage, WireMessage, WireReasoning, WireToolCall } from "./chat-facts.js";
import {
  addReasoning,
  madeUpId,
  readContent,
  reasoningText,
  toAudio,
  toCitations,
  toImage,
  toolCallMetadata,
  toolCallText,
} from "./chat-parts.js";

/** A tool call that is being streamed. */
interface OpenCall {
  key: number;
  id: string | undefined;
  name: string | undefined;
  /** Arguments that came before the name. */
  held: string;
}

/**
 * What a stream of Chat Completions holds beside words. Tool calls are kept apart by `index`, or where a server leaves it out or gives
 * all the same one, by `id`; they end with the stream, for only then is it sure that no more arguments follow.
 */
export class ChatStreamParts {
  /** Whether the model has refused. */
  refused = false;
  readonly #calls: OpenCall[] = [];
  /** The call that an index stands for now. */
  readonly #byIndex = new Map<number, OpenCall>();
  #annotations: WireAnnotation[] = [];
  /** The details of the reasoning that is open. */
  #details: WireReasoning[] = [];
  #audio: (WireAudio & { pieces: Uint8Array[] }) | undefined;
  readonly #builder: EventBuilder;
  readonly #tools: ToolCallBuilder;
  readonly #provider: string;
  readonly #audioFormat: string | undefined;
  readonly #add = (type: "text" | "reasoning", text: string | undefined): void => {
    if (!text) return;
    if (type === "text") this.seal();
    this.#builder[type](text);
  };

  constructor(builder: EventBuilder, provider: string, audioFormat: string | undefined) {
    this.#builder = builder;
    this.#tools = new ToolCallBuilder(builder);
    this.#provider = provider;
    this.#audioFormat = audioFormat;
  }

  /** @param id The response's, from which the ids of calls are made that come without. */
  read(delta: WireMessage, id: string | null | undefined): void {
    const { content } = delta;
    if (typeof content !== "string") readContent(content, this.#add);
    if (delta.refusal) {
      this.refused = true;
      this.seal();
      this.#builder.refusal(delta.refusal);
    }
    if (delta.tool_calls) for (const call of delta.tool_calls) this.#call(call, id);
    if (delta.function_call) this.#call({ index: 0, function: delta.function_call }, id);
    if (delta.annotations) this.#annotations.push(...delta.annotations);
    if (delta.images) this.#see(delta.images);
    if (delta.audio) this.#hear(delta.audio);
  }

  /** Reads reasoning. The words of its details count only where the delta has none of its own beside them. */
  think(delta: WireMessage): void {
    const details = delta.reasoning_details ?? [];
    this.#builder.reasoning(delta.reasoning_content || delta.reasoning || reasoningText(details));
    addReasoning(this.#details, details);
  }

  /** Ends the reasoning that details were read of, and gives them to it. */
  seal(): void {
    if (this.#details.length === 0) return;
    const metadata = { reasoning_details: this.#details };
    this.#details = [];
    this.#builder.endReasoning({ providerMetadata: { [this.#provider]: metadata } });
  }

  /**
   * Closes what is open.
   * @returns whether there were tool calls
   * @throws LLMError `malformed-response` for a tool call without a name
   */
  end(): boolean {
    const nameless = this.#calls.find(({ name }) => name === undefined);
    if (nameless) throw malformed("The stream holds a tool call without a name", nameless.held);
    this.#endText();
    this.#tools.endAll();
    if (this.#audio) {
      const { pieces, ...audio } = this.#audio;
      const data = bytesToBase64(concat(pieces));
      this.#builder.push(toAudio({ ...audio, data }, this.#provider, this.#audioFormat));
    }
    return this.#calls.length > 0;
  }

  #call(call: WireToolCall, responseId: string | null | undefined): void {
    const { name, text } = toolCallText(call);
    const open = this.#openCall(call, name);
    if (name && open.name === undefined) {
      open.name = name;
      open.id ??= call.id || madeUpId(responseId, open.key);
      this.#endText();
      const metadata = toolCallMetadata(call);
      this.#tools.start(open.key, open.id, name, metadata && { [this.#provider]: metadata });
      this.#tools.delta(open.key, open.held);
    }
    if (open.name === undefined) open.held += text;
    else this.#tools.delta(open.key, text);
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

  #see(images: readonly WireImage[]): void {
    this.#endText();
    for (const image of images.flatMap(toImage)) this.#builder.push(image);
  }

  #hear({ data, transcript, ...facts }: WireAudio): void {
    this.#audio ??= { pieces: [] };
    Object.assign(this.#audio, facts);
    if (transcript) this.#audio.transcript = (this.#audio.transcript ?? "") + transcript;
    if (data) this.#audio.pieces.push(base64ToBytes(data));
  }

  #endText(): void {
    this.seal();
    const citations = toCitations(this.#annotations);
    this.#annotations = [];
    this.#builder.endBlock(citations && { citations });
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
