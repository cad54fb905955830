import type { ResponseInfo } from "@llmux/core";
import {
  type AdapterEvent,
  type ByteSource,
  LLMError,
  readServerSentEvents,
  type ServerSentEvent,
} from "@llmux/core/adapter";
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

/** A streamed message before its first byte is read. */
export interface OpenedStream {
  body: ByteSource;
  response: ResponseInfo;
  /** Name of the tool whose arguments are the reply. */
  outputTool?: string | undefined;
}

let special: typeof import("./special-blocks.js") | undefined;

/** Thrown by the reading of an event that has to wait until {@link special} is there; it is then read again. */
const WAIT = {};

/**
 * Reads a streamed message: one list of events for each piece off the wire. Opens it by itself, since a generator around this one
 * would cost every piece another turn.
 * @throws LLMError what an error event says; `malformed-response` for what is no event of this API; `connection` where the bytes
 * end before the end marker (`message_stop`) has come
 */
export async function* readMessageStream(
  open: () => OpenedStream | Promise<OpenedStream>,
): AsyncGenerator<AdapterEvent[], void, void> {
  const { body, response, outputTool } = await open();
  const stream = new MessageStream(response, outputTool);
  try {
    for await (const events of readServerSentEvents(body)) {
      for (let rest: readonly ServerSentEvent[] | undefined = events; rest; ) {
        const batch: AdapterEvent[] = [];
        rest = stream.push(rest, batch);
        if (batch.length > 0) yield batch;
        if (stream.reported) throw (await import("./errors.js")).errorFromBody(stream.reported);
        if (stream.failure) throw stream.failure;
        if (rest) special = await import("./special-blocks.js");
      }
    }
  } catch (error) {
    // A connection that breaks after the end marker takes nothing away.
    if (!stream.ended) throw error;
  }
  stream.end();
}

class MessageStream {
  /** Whether the end marker has come. */
  ended = false;
  /** What ended the stream, to be thrown once the events before it have been handed over. */
  failure: unknown;
  /** The error event that ended it. */
  reported: unknown;
  readonly #response: ResponseInfo;
  readonly #outputTool: string | undefined;
  #message: WireMessage | undefined;
  #open: (OpenBlock | undefined)[] = [];
  #blocks = 0;
  #toolCalls = false;
  /** The last event where it was not JSON: garbage if anything follows, a cut stream if nothing does. */
  #broken: { data: string; cause: unknown } | undefined;

  constructor(response: ResponseInfo, outputTool: string | undefined) {
    this.#response = response;
    this.#outputTool = outputTool;
  }

  /** Gives back the events that have to wait until {@link special} is there. */
  push(events: readonly ServerSentEvent[], out: AdapterEvent[]): readonly ServerSentEvent[] | undefined {
    let i = 0;
    try {
      for (; i < events.length && !this.ended && !this.reported; i++) {
        this.#take((events[i] as ServerSentEvent).data, out);
      }
    } catch (error) {
      if (error === WAIT) return events.slice(i);
      this.failure = error;
    }
    return undefined;
  }

  /** To be called when the bytes have ended. @throws LLMError `connection` where the end marker has not come */
  end(): void {
    if (this.ended) return;
    const where = this.#broken ? "in the middle of an event" : "before the message did";
    throw new LLMError({ kind: "connection", message: `The stream ended ${where}`, cause: this.#broken?.cause });
  }

  #take(data: string, out: AdapterEvent[]): void {
    if (this.#broken) throw malformed("holds an event that is not JSON", this.#broken.data, this.#broken.cause);
    let event: WireEvent | null;
    try {
      event = JSON.parse(data) as WireEvent | null;
    } catch (cause) {
      this.#broken = { data, cause };
      return;
    }
    if (event?.type !== "content_block_delta") {
      this.#event(event, data, out);
      return;
    }
    const open = this.#open[event.index as number];
    const delta = event.delta ?? {};
    if (!open) throw malformed("goes on with a block that it never began", data);
    const { kind, id } = open;
    const said = delta.text ?? delta.thinking ?? delta.signature ?? delta.partial_json ?? "";
    if (typeof said !== "string") throw malformed("goes on with what is no text", data);
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
        if (!event.message) throw malformed("begins without a message", data);
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
        this.ended = true;
        out.push({ type: "finish", ...finishFacts(message, !this.#toolCalls) });
        return;
      case "error":
        this.reported = event;
        return;
      default:
        if (event?.error) {
          // From gateways that leave the type out.
          this.reported = event;
          return;
        }
        // `ping`, and events still to be invented, which the API's versioning policy asks clients to ignore.
        if (typeof event?.type !== "string") throw malformed("holds an event without a type", data);
        return;
    }
    throw malformed("ends a message that it never began", data);
  }

  #start(index: number, block: Block, data: string, out: AdapterEvent[]): void {
    if (!isBlock(block)) throw malformed("begins a block that is none", data);
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

function malformed(what: string, text: string, cause?: unknown): LLMError {
  return new LLMError({ kind: "malformed-response", message: `The stream ${what}`, text, cause });
}
