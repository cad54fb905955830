import type { ResponseInfo } from "@llmux/core";
import { type AdapterEvent, type EventStreamDecoder, StreamFault } from "@llmux/core/adapter";
import { finishFacts, type WireMessage, type WireUsage } from "./finish-facts.js";
import { isBlock } from "./is-block.js";
import type { Block } from "./to-messages.js";

/** An event as it comes over the wire; what it must hold is looked at where it is used. */
interface WireEvent extends Record<string, unknown> {
  type?: string;
  index?: number;
  message?: WireMessage;
  content_block?: Block;
  delta?: WireDelta;
  usage?: WireUsage | null;
}

export interface WireDelta extends Record<string, unknown> {
  type?: string;
  text?: string;
  thinking?: string;
  signature?: string;
  partial_json?: string;
  citation?: Block;
}

/** A block that has begun. `text` and `reasoning` are read here, the others in special-blocks.ts. */
export interface OpenBlock {
  kind: "text" | "reasoning" | "tool" | "output" | "provider";
  id: string;
  block: Block;
  /** Arguments as they stream in. */
  json: string;
}

let special: typeof import("./special-blocks.js") | undefined;

/** Thrown by the reading of an event that has to wait until {@link special} is there; it is then read again. */
const WAIT = {};

/** Reads a streamed message. Its end marker is `message_stop`. */
export class MessageDecoder implements EventStreamDecoder {
  done = false;
  readonly #response: ResponseInfo;
  readonly #outputTool: string | undefined;
  #events: AdapterEvent[] = [];
  #message: WireMessage | undefined;
  #open: (OpenBlock | undefined)[] = [];
  #blocks = 0;
  #toolCalls = false;
  /** The last event where it was not JSON: garbage if anything follows, a cut stream if nothing does. */
  #broken: string | undefined;

  /** @param outputTool Name of the tool whose arguments are the reply. */
  constructor(response: ResponseInfo, outputTool: string | undefined) {
    this.#response = response;
    this.#outputTool = outputTool;
  }

  take(): AdapterEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  push(data: string): undefined | Promise<void> {
    try {
      this.#take(data, this.#events);
    } catch (error) {
      if (error !== WAIT) throw error;
      return this.#loadAndTake(data);
    }
    return undefined;
  }

  async #loadAndTake(data: string): Promise<void> {
    special = await import("./special-blocks.js");
    this.#take(data, this.#events);
  }

  end(): void {
    if (!this.done) throw new StreamFault("cut");
  }

  #take(data: string, out: AdapterEvent[]): void {
    if (this.#broken !== undefined) throw new StreamFault("not-json", this.#broken);
    let event: WireEvent | null;
    try {
      event = JSON.parse(data) as WireEvent | null;
    } catch {
      this.#broken = data;
      return;
    }
    if (event?.type !== "content_block_delta") {
      this.#event(event, data, out);
      return;
    }
    const open = this.#open[event.index as number];
    const delta = event.delta ?? {};
    if (!open) throw new StreamFault("shape", data);
    const { kind, id } = open;
    const said = delta.text ?? delta.thinking ?? delta.signature ?? delta.partial_json ?? "";
    if (typeof said !== "string") throw new StreamFault("shape", data);
    if (kind === "text" && delta.type === "text_delta") {
      if (delta.text) out.push({ type: "text-delta", id, delta: delta.text });
    } else if (kind === "reasoning" && delta.type === "thinking_delta") {
      if (delta.thinking) out.push({ type: "reasoning-delta", id, delta: delta.thinking });
    } else if (delta.type === "signature_delta") {
      open.block.signature = ((open.block.signature as string | undefined) ?? "") + (delta.signature ?? "");
    } else loaded().addDelta(open, delta, out);
  }

  #event(event: WireEvent | null, data: string, out: AdapterEvent[]): void {
    const message = this.#message;
    // `null` is JSON too.
    switch (event?.type) {
      case "message_start": {
        if (!event.message) throw new StreamFault("shape", data);
        this.#message = { ...event.message };
        const { id, model } = event.message;
        if (!message) out.push({ type: "start", response: { ...this.#response, id, model } });
        return;
      }
      case "content_block_start":
        this.#start(event.index as number, { ...(event.content_block as Block) }, data, out);
        return;
      case "content_block_stop":
        this.#stop(event.index as number, out);
        return;
      case "message_delta": {
        if (!message) break;
        const { type: _, delta, usage, ...rest } = event;
        // Counts are totals so far, and those that a later event leaves out or makes null still hold.
        const known = Object.entries(usage ?? {}).filter(([, value]) => value !== null);
        message.usage = { ...message.usage, ...Object.fromEntries(known) };
        Object.assign(message, delta, rest);
        return;
      }
      case "message_stop":
        if (!message) break;
        this.#open.forEach((_, index) => {
          this.#stop(index, out);
        });
        this.done = true;
        out.push({ type: "finish", ...finishFacts(message, !this.#toolCalls) });
        return;
      default:
        // Gateways leave an error's type out.
        if (event?.type === "error" || event?.error) throw new StreamFault("reported", event);
        // `ping`, and events still to be invented, which the API's versioning policy asks clients to ignore.
        if (typeof event?.type !== "string") throw new StreamFault("shape", data);
        return;
    }
    throw new StreamFault("shape", data);
  }

  #start(index: number, block: Block, data: string, out: AdapterEvent[]): void {
    if (!isBlock(block)) throw new StreamFault("shape", data);
    const { type } = block;
    const kind = type === "thinking" ? "reasoning" : type === "text" && type;
    if (kind) {
      const id = `${kind}-${this.#blocks++}`;
      this.#open[index] = { kind, id, block, json: "" };
      out.push({ type: `${kind}-start`, id });
      const delta = block[type] as string | undefined;
      if (delta) out.push({ type: `${kind}-delta`, id, delta });
    } else {
      const open = loaded().openBlock(block, this.#blocks, this.#outputTool, out);
      this.#blocks++;
      this.#open[index] = open;
      if (open?.kind === "tool") this.#toolCalls = true;
    }
  }

  #stop(index: number, out: AdapterEvent[]): void {
    const open = this.#open[index];
    if (!open) return;
    const { kind, id, block } = open;
    const cites = (block.citations as readonly Block[] | null | undefined)?.length;
    if (kind === "text" && !cites) out.push({ type: "text-end", id });
    else if (kind === "reasoning") {
      const signature = block.signature as string | undefined;
      out.push({ type: "reasoning-end", id, ...(signature && { signature }) });
    } else loaded().endBlock(open, out);
    this.#open[index] = undefined;
  }
}

function loaded(): typeof import("./special-blocks.js") {
  if (!special) throw WAIT;
  return special;
}
