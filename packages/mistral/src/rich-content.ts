import type { Citation } from "@llmux/core";
import type { EventBuilder } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import { isReference } from "./to-text-chunks.js";
import { toMistralId } from "./tool-call-ids.js";
import type { WireChunk, WireMessage, WireToolCall } from "./wire.js";

/** Content that comes in parts (reasoning, references, media) and tool calls. Loaded when the first of them comes. */
export class RichContent {
  readonly #builder: EventBuilder;
  readonly #tools: ToolCallBuilder;
  #open: "text" | "thinking" | undefined;
  /** Of the open text: its length so far, where the words since the last reference begin, and the references. */
  #length: number;
  #from = 0;
  #citations: Citation[] = [];
  /** Of the open thought: its fields but the words, its pieces, and its seal. */
  #thought: Record<string, unknown> = {};
  #pieces: WireChunk[] = [];
  #signature: string | undefined;
  /** The open tool calls by their index in the stream. */
  readonly #calls = new Map<number, { key: number; id: string | undefined }>();
  #lastIndex: number | undefined;
  #count = 0;

  /** @param length That of the text which is open, 0 for none. */
  constructor(builder: EventBuilder, length: number) {
    this.#builder = builder;
    this.#tools = new ToolCallBuilder(builder);
    this.#length = length;
    if (length > 0) this.#open = "text";
  }

  read({ content, tool_calls: calls }: WireMessage, responseId: string | null | undefined): void {
    if (typeof content === "string") this.#text(content);
    else for (const chunk of content ?? []) this.#chunk(chunk);
    for (const call of calls ?? []) this.#call(call, responseId);
  }

  /** Closes what is open. Says whether tools were called. */
  end(): boolean {
    this.#close();
    this.#tools.endAll();
    return this.#count > 0;
  }

  #chunk(chunk: WireChunk): void {
    if (typeof chunk === "string") this.#text(chunk);
    else if (chunk?.type === "text" || (chunk && chunk.type === undefined)) this.#text(chunk.text ?? "");
    else if (chunk?.type === "thinking") this.#thinking(chunk);
    else if (isReference(chunk) && this.#open === "text") this.#reference(chunk);
    else if (chunk) {
      this.#close();
      const url = typeof chunk.image_url === "string" ? chunk.image_url : chunk.image_url?.url;
      if (chunk.type === "image_url" && url) this.#builder.push({ type: "image", data: url });
      else this.#builder.push({ type: "provider", provider: "mistral", value: chunk });
    }
  }

  #text(text: string): void {
    if (text === "") return;
    if (this.#open !== "text") {
      this.#close();
      this.#open = "text";
    }
    // What follows a reference is for the next.
    if (this.#citations.at(-1)?.end === this.#length) this.#from = this.#length;
    this.#builder.text(text);
    this.#length += text.length;
  }

  #reference(chunk: WireChunk): void {
    this.#citations.push({
      url: chunk.url ?? undefined,
      title: chunk.title ?? undefined,
      start: this.#from,
      end: this.#length,
      raw: chunk,
    });
  }

  #thinking({ type, thinking, signature, ...rest }: WireChunk): void {
    // What comes after a closed thought is another.
    if (this.#open !== "thinking" || this.#thought.closed === true || this.#signature !== undefined) {
      this.#close();
      this.#open = "thinking";
      this.#thought = { type };
    }
    const pieces = typeof thinking === "string" ? [{ type: "text", text: thinking }] : (thinking ?? []);
    for (const piece of pieces) {
      const last = this.#pieces.at(-1);
      if (piece.type !== "text") this.#pieces.push(piece);
      else if (last?.type === "text") last.text += piece.text ?? "";
      else this.#pieces.push({ ...piece });
      if (piece.type === "text") this.#builder.reasoning(piece.text ?? "");
    }
    const said = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
    this.#thought = { ...this.#thought, ...Object.fromEntries(said) };
    if (signature) this.#signature = signature;
  }

  #close(): void {
    if (this.#open === "text") {
      this.#builder.endBlock(this.#citations.length > 0 ? { citations: this.#citations } : undefined);
      this.#citations = [];
      this.#length = 0;
      this.#from = 0;
    } else if (this.#open === "thinking") {
      if (this.#pieces.some(({ type }) => type !== "text")) this.#thought.thinking = this.#pieces;
      const signature = this.#signature === undefined ? undefined : { signature: this.#signature };
      this.#builder.endReasoning({ ...signature, providerMetadata: { mistral: this.#thought } });
      this.#pieces = [];
      this.#signature = undefined;
    }
    this.#open = undefined;
  }

  /**
   * One call, or a piece of one. Most come whole; from other makers' models that Mistral hosts they come in pieces, the later ones
   * without id or name. Some have no index, and one index may be given to one call after another.
   */
  #call(call: WireToolCall, responseId: string | null | undefined): void {
    const { id: given, index: at, type: _, function: fn, ...rest } = call;
    // The SDK's own stand-in for none.
    const id = given && given !== "null" ? given : undefined;
    const isNew = !!fn?.name;
    const last = this.#lastIndex;
    const goesOn = !isNew || (id !== undefined && last !== undefined && this.#calls.get(last)?.id === id);
    const index = at ?? (goesOn && last !== undefined ? last : -1 - this.#count);
    let open = this.#calls.get(index);
    if (!open || (isNew && id !== undefined && id !== open.id)) {
      if (!fn?.name) throw malformed("Mistral sent a tool call without a name", call);
      this.#close();
      open = { key: this.#count++, id };
      this.#calls.set(index, open);
      const metadata = Object.keys(rest).length > 0 ? { mistral: rest } : undefined;
      this.#tools.start(open.key, id ?? toMistralId(`${responseId}/${open.key}`), fn.name, metadata);
    }
    this.#lastIndex = index;
    const args = fn?.arguments;
    if (args) this.#tools.delta(open.key, typeof args === "string" ? args : JSON.stringify(args));
  }
}
