import type { ImagePart, ProviderPart, ToolCallPart } from "@llmux/core";
import type { AdapterEvent, EventStreamDecoder } from "@llmux/core/adapter";
import { LLMError } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import type {
  Response,
  ResponseCustomToolCall,
  ResponseFunctionToolCall,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseReasoningItem,
} from "openai/resources/responses/responses";
import { errorFromObject } from "./errors.js";
import {
  type ReasoningKind,
  reasoningFacts,
  reasoningTexts,
  responseFacts,
  textFacts,
  throwIfFailed,
  toolCallPart,
  wholePart,
} from "./from-responses.js";
import type { WireHost } from "./host.js";

/** The fields that the decoder reads, of all the events of the stream. Any may be missing: others imitate this API. */
interface WireEvent {
  type?: string;
  output_index?: number;
  item_id?: string;
  content_index?: number;
  summary_index?: number;
  delta?: unknown;
  text?: unknown;
  refusal?: unknown;
  arguments?: unknown;
  input?: unknown;
  annotation?: ResponseOutputText["annotations"][number];
  item?: ResponseOutputItem;
  response?: Response;
  error?: object;
}

type BlockKind = "text" | "refusal" | ReasoningKind;

/** A block of text that is being streamed. */
interface Block {
  id: string;
  kind: BlockKind;
  text: string;
  ended: boolean;
  annotations: ResponseOutputText["annotations"];
}

/** An output item that is being streamed. */
interface OpenItem {
  index: number;
  item: ResponseOutputItem;
  blocks: Map<string, Block>;
  /** The arguments of a tool call so far. */
  input: string;
  /** Whether `tool-input-start` was sent. */
  started: boolean;
}

/**
 * Reads a stream of the Responses API. Its end marker is `response.completed` or `response.incomplete`; `response.failed` and
 * `error` are thrown. An item's `output_item.done` is what its parts are made of, and what it holds beyond the deltas is sent after
 * them, so that the stream gives what the whole response would have given. Event types that mean nothing here (progress of the
 * provider's own tools, whose items come whole) and those yet unknown are passed over.
 */
export class ResponsesDecoder implements EventStreamDecoder {
  done = false;
  readonly #provider: string;
  #events: AdapterEvent[] = [];
  /** Items under way, by output index, in the order they were opened. */
  readonly #open = new Map<number, OpenItem>();
  /** Items that are done, by output index. */
  readonly #output: ResponseOutputItem[] = [];
  /** Whole parts of items that follow one that is still under way. */
  #held: { index: number; part: ToolCallPart | ProviderPart | ImagePart }[] = [];
  #blocks = 0;
  /** What could not be read. It may be no more than the end of a stream that was cut. */
  #broken: string | undefined;
  /** The block of the last text delta, and where it belongs, for the next is most likely its own. */
  #text: Block | undefined;
  #textIndex: number | undefined;
  #textContent: number | undefined;

  constructor({ provider }: WireHost) {
    this.#provider = provider;
  }

  take(): AdapterEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  push(data: string): void {
    if (this.done || data === "[DONE]") return;
    if (this.#broken !== undefined) throw malformed("The stream holds an event that is not JSON", this.#broken);
    let event: WireEvent;
    try {
      event = JSON.parse(data) as WireEvent;
    } catch {
      this.#broken = data;
      return;
    }
    if (event?.type === "response.output_text.delta") {
      const { delta } = event;
      const block =
        this.#text && event.output_index === this.#textIndex && event.content_index === this.#textContent
          ? this.#text
          : this.#textBlock(event);
      if (typeof delta !== "string") throw malformed("The stream holds a delta without text", event);
      if (delta === "") return;
      block.text += delta;
      this.#events.push({ type: "text-delta", id: block.id, delta });
      return;
    }
    if (typeof event !== "object" || event === null)
      throw malformed("The stream holds an event that is no object", data);
    this.#event(event);
  }

  end(): void {
    if (this.done) return;
    throw new LLMError({
      kind: "connection",
      message: "The stream ended before the provider said that the response was done",
    });
  }

  #event(event: WireEvent): void {
    switch (event.type) {
      case "response.output_item.added":
        this.#start(event);
        break;
      case "response.output_text.done":
        this.#complete(this.#block(this.#item(event, "message"), "text", event.content_index), event.text);
        break;
      case "response.output_text.annotation.added":
        if (event.annotation) {
          this.#block(this.#item(event, "message"), "text", event.content_index).annotations.push(event.annotation);
        }
        break;
      case "response.refusal.delta":
        this.#delta(this.#block(this.#item(event, "message"), "refusal", event.content_index), event.delta);
        break;
      case "response.refusal.done":
        this.#complete(this.#block(this.#item(event, "message"), "refusal", event.content_index), event.refusal);
        break;
      case "response.reasoning_summary_text.delta":
        this.#delta(this.#block(this.#item(event, "reasoning"), "summary_text", event.summary_index), event.delta);
        break;
      case "response.reasoning_summary_text.done":
        this.#complete(this.#block(this.#item(event, "reasoning"), "summary_text", event.summary_index), event.text);
        break;
      case "response.reasoning_text.delta":
        this.#delta(this.#block(this.#item(event, "reasoning"), "reasoning_text", event.content_index), event.delta);
        break;
      case "response.reasoning_text.done":
        this.#complete(this.#block(this.#item(event, "reasoning"), "reasoning_text", event.content_index), event.text);
        break;
      case "response.function_call_arguments.delta":
        this.#input(this.#item(event, "function_call"), event.delta);
        break;
      case "response.function_call_arguments.done":
        this.#completeInput(this.#item(event, "function_call"), event.arguments);
        break;
      case "response.custom_tool_call_input.delta":
        this.#input(this.#item(event, "custom_tool_call"), event.delta);
        break;
      case "response.custom_tool_call_input.done":
        this.#completeInput(this.#item(event, "custom_tool_call"), event.input);
        break;
      case "response.output_item.done": {
        const item = requireItem(event);
        this.#close(this.#item(event, item.type, item), item);
        break;
      }
      case "response.completed":
      case "response.incomplete":
      case "response.cancelled":
      case "response.failed":
        this.#finish(event.response);
        break;
      case "error":
      case undefined:
        // Documented flat; sent with an `error` object, and then by some hosts without a type.
        if (event.type === "error" || event.error) throw errorFromObject(event.error ?? event);
    }
  }

  /** The item under way that an event is about; opened where no event announced it. */
  #item(event: WireEvent, type: string, item?: ResponseOutputItem): OpenItem {
    const { item_id = item?.id } = event;
    let index = event.output_index;
    if (index === undefined) {
      const named = [...this.#open.values()].find(({ item }) => item_id !== undefined && item.id === item_id);
      index =
        named?.index ?? (item ? undefined : [...this.#open.keys()].at(-1)) ?? this.#output.length + this.#open.size;
    }
    let open = this.#open.get(index);
    if (!open) {
      open = {
        index,
        item: item ?? ({ type, id: item_id } as ResponseOutputItem),
        blocks: new Map(),
        input: "",
        started: false,
      };
      this.#open.set(index, open);
    }
    return open;
  }

  #start(event: WireEvent): void {
    const item = requireItem(event);
    const before = event.output_index === undefined ? undefined : this.#open.get(event.output_index);
    // Some hosts number all items 0 and leave `output_item.done` out.
    if (before && before.item.id !== item.id) this.#close(before, before.item);
    const open = this.#item(event, item.type, item);
    if (isToolCall(item)) this.#startInput(open, item);
  }

  #textBlock(event: WireEvent): Block {
    const block = this.#block(this.#item(event, "message"), "text", event.content_index);
    this.#text = block;
    this.#textIndex = event.output_index;
    this.#textContent = event.content_index;
    return block;
  }

  /** A block by its kind and number in its item; opened with its first delta. */
  #block(open: OpenItem, kind: BlockKind, number = 0): Block {
    const key = `${kind}${number}`;
    let block = open.blocks.get(key);
    if (block) return block;
    const event = eventOf(kind);
    block = { id: `${event}-${this.#blocks++}`, kind, text: "", ended: false, annotations: [] };
    if (event === "reasoning") for (const before of open.blocks.values()) this.#endReasoning(open.item, before, false);
    open.blocks.set(key, block);
    this.#events.push({ type: `${event}-start`, id: block.id });
    return block;
  }

  #delta(block: Block, delta: unknown): void {
    if (typeof delta !== "string") throw malformed("The stream holds a delta without text", delta);
    if (delta === "" || block.ended) return;
    block.text += delta;
    this.#events.push({ type: `${eventOf(block.kind)}-delta`, id: block.id, delta });
  }

  /** Sends what the whole text holds beyond its deltas. */
  #complete(block: Block, whole: unknown): void {
    if (typeof whole === "string" && whole.startsWith(block.text)) this.#delta(block, whole.slice(block.text.length));
  }

  #startInput(open: OpenItem, item: ResponseFunctionToolCall | ResponseCustomToolCall): void {
    const id = item.call_id ?? item.id;
    // Where the name is yet to come, so is the start.
    if (open.started || !id || !item.name) return;
    open.started = true;
    this.#events.push({ type: "tool-input-start", id, name: item.name });
    if (open.input !== "") this.#events.push({ type: "tool-input-delta", id, delta: open.input });
  }

  #input(open: OpenItem, delta: unknown): void {
    if (typeof delta !== "string") throw malformed("The stream holds a delta without text", delta);
    if (delta === "") return;
    open.input += delta;
    const { call_id, id = "" } = open.item as ResponseFunctionToolCall;
    if (open.started) this.#events.push({ type: "tool-input-delta", id: call_id ?? id, delta });
  }

  #completeInput(open: OpenItem, whole: unknown): void {
    if (typeof whole === "string" && whole.startsWith(open.input)) this.#input(open, whole.slice(open.input.length));
  }

  #close(open: OpenItem, item: ResponseOutputItem): void {
    const { index } = open;
    this.#open.delete(index);
    this.#text = undefined;
    // A host that numbers all items alike must not lose those before.
    this.#output[index in this.#output ? this.#output.length : index] = item;
    if (item.type === "message") this.#closeMessage(open, item);
    else if (item.type === "reasoning") this.#closeReasoning(open, item);
    else if (isToolCall(item)) this.#closeToolCall(open, item);
    else this.#held.push({ index, part: wholePart(item, this.#provider) });
    this.#release();
  }

  /** Hands over the whole parts that no item under way comes before. */
  #release(): void {
    if (this.#held.length === 0) return;
    const first = Math.min(...this.#open.keys());
    const held = this.#held.sort((a, b) => a.index - b.index);
    this.#held = held.filter(({ index }) => index > first);
    for (const { index, part } of held) if (index <= first) this.#events.push(part);
  }

  #closeMessage(open: OpenItem, item: ResponseOutputMessage): void {
    for (const [index, content] of (item.content ?? []).entries()) {
      const refused = content.type === "refusal";
      const block = this.#block(open, refused ? "refusal" : "text", index);
      this.#complete(block, refused ? content.refusal : content.text);
      this.#endText(item, block, refused ? undefined : content);
    }
    for (const block of open.blocks.values()) this.#endText(item, block);
  }

  #endText(item: ResponseOutputMessage, block: Block, content?: ResponseOutputText): void {
    const { id, kind, text } = block;
    if (block.ended) return;
    block.ended = true;
    if (kind === "refusal") this.#events.push({ type: "refusal-end", id });
    else {
      const annotations = content?.annotations?.length ? content.annotations : block.annotations;
      const whole: ResponseOutputText = { ...(content ?? { type: "output_text", text }), annotations };
      this.#events.push({ type: "text-end", id, ...textFacts(item, whole, this.#provider) });
    }
  }

  #closeReasoning(open: OpenItem, item: ResponseReasoningItem): void {
    const count = { summary_text: 0, reasoning_text: 0 };
    for (const { kind, text } of reasoningTexts(item)) this.#complete(this.#block(open, kind, count[kind]++), text);
    let last = [...open.blocks.values()].at(-1);
    if (!last) {
      last = { id: `reasoning-${this.#blocks++}`, kind: "summary_text", text: "", ended: false, annotations: [] };
      this.#events.push({ type: "reasoning-start", id: last.id });
    }
    this.#endReasoning(item, last, true, open.blocks.size > 0);
  }

  #endReasoning(item: ResponseOutputItem, block: Block, last: boolean, told = true): void {
    if (block.ended) return;
    block.ended = true;
    const kind = told ? (block.kind as ReasoningKind) : undefined;
    const { id: itemId, ...facts } = reasoningFacts(item as ResponseReasoningItem, kind, last, this.#provider);
    this.#events.push({ type: "reasoning-end", id: block.id, ...(itemId !== undefined && { itemId }), ...facts });
  }

  #closeToolCall(open: OpenItem, item: ResponseFunctionToolCall | ResponseCustomToolCall): void {
    const field = item.type === "custom_tool_call" ? "input" : "arguments";
    const whole = (item as { [key in typeof field]?: unknown })[field];
    // Announced without arguments, and never said to be done.
    const call = whole === undefined || whole === "" ? { ...item, [field]: open.input } : item;
    const part = toolCallPart(call as typeof item, this.#provider);
    this.#startInput(open, call as typeof item);
    if (open.started) {
      open.item = call as typeof item;
      this.#completeInput(open, whole);
      this.#events.push({ type: "tool-input-end", id: part.id });
    }
    this.#held.push({ index: open.index, part });
  }

  #finish(response: Response | undefined): void {
    throwIfFailed(response);
    const final = response as Response;
    const output = Array.isArray(final.output) ? final.output : [];
    for (const open of [...this.#open.values()]) {
      const whole = output[open.index];
      this.#close(open, whole?.type === open.item.type ? whole : open.item);
    }
    this.#addUnseen(output);
    this.done = true;
    const came = output.length > 0 ? output : this.#output.filter(Boolean);
    this.#events.push({ type: "finish", ...responseFacts(final, came, this.#provider) });
  }

  /** Items that no event announced: some hosts send them in the final response alone. */
  #addUnseen(output: readonly ResponseOutputItem[]): void {
    const seen = this.#output.filter(Boolean);
    if (seen.length >= output.length) return;
    for (const [index, item] of output.entries()) {
      const known = index in this.#output || seen.some(({ id }) => id !== undefined && id === item.id);
      if (!known) this.#close(this.#item({ output_index: index }, item.type, item), item);
    }
  }
}

function eventOf(kind: BlockKind): "text" | "refusal" | "reasoning" {
  return kind === "text" || kind === "refusal" ? kind : "reasoning";
}

function isToolCall(item: ResponseOutputItem): item is ResponseFunctionToolCall | ResponseCustomToolCall {
  return item.type === "function_call" || item.type === "custom_tool_call";
}

/** @throws LLMError `malformed-response` where the event that should hold an item holds none */
function requireItem(event: WireEvent): ResponseOutputItem {
  if (typeof event.item?.type !== "string") throw malformed("The stream holds an item event without an item", event);
  return event.item;
}
