import type { ResponseInfo } from "@llmux/core";
import { type AdapterEvent, type ByteSource, LLMError, parseToolInput, readServerSentEvents, type ServerSentEvent } from "@llmux/core/adapter";
import { errorFromBody } from "./errors.js";
import { finishFacts, toCitations, toolCall, type WireMessage, type WireUsage } from "./from-message.js";
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

interface WireDelta extends Record<string, unknown> {
  type?: string;
  text?: string;
  thinking?: string;
  signature?: string;
  partial_json?: string;
  citation?: Block;
}

interface OpenBlock {
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
      const batch = stream.push(events);
      if (batch.length > 0) yield batch;
      if (stream.failure) throw stream.failure;
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

  push(events: readonly ServerSentEvent[]): AdapterEvent[] {
    const out: AdapterEvent[] = [];
    try {
      for (let i = 0; i < events.length && !this.ended; i++) this.#take((events[i] as ServerSentEvent).data, out);
    } catch (error) {
      this.failure = error;
    }
    return out;
  }

  /** To be called when the bytes have ended. @throws LLMError `connection` where the end marker has not come */
  end(): void {
    if (this.ended) return;
    const where = this.#broken ? "in the middle of an event" : "before the message did";
    throw new LLMError({ kind: "connection", message: `The stream ended ${where}`, cause: this.#broken?.cause });
  }

  #take(data: string, out: AdapterEvent[]): void {
    if (this.#broken)
      throw malformed("The stream holds an event that is not JSON", this.#broken.data, this.#broken.cause);
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
    if (!open) throw malformed("The stream goes on with a block that it never began", data);
    if (open.kind === "text" && delta.type === "text_delta") {
      if (delta.text) out.push({ type: "text-delta", id: open.id, delta: delta.text });
    } else this.#delta(open, delta, out);
  }

  #event(event: WireEvent | null, data: string, out: AdapterEvent[]): void {
    // `null` is JSON too.
    switch (event?.type) {
      case "message_start": {
        if (!event.message) throw malformed("The stream begins without a message", data);
        const first = this.#message === undefined;
        this.#message = { ...event.message };
        const { id, model } = event.message;
        if (first) out.push({ type: "start", response: { ...this.#response, id, model } });
        return;
      }
      case "content_block_start":
        this.#start(event.index as number, { ...(event.content_block as Block) }, data, out);
        return;
      case "content_block_stop":
        this.#stop(event.index as number, out);
        return;
      case "message_delta": {
        if (!this.#message) throw malformed("The stream ends a message that it never began", data);
        const { type: _, delta, usage, ...rest } = event;
        // Counts are totals so far, and those that a later event leaves out or makes null still hold.
        const known = Object.entries(usage ?? {}).filter(([, value]) => value !== null);
        this.#message.usage = { ...this.#message.usage, ...Object.fromEntries(known) };
        Object.assign(this.#message, delta, rest);
        return;
      }
      case "message_stop":
        if (!this.#message) throw malformed("The stream ends a message that it never began", data);
        this.#open.forEach((_, index) => {
          this.#stop(index, out);
        });
        this.ended = true;
        out.push({ type: "finish", ...finishFacts(this.#message, !this.#toolCalls) });
        return;
      case "error":
        throw errorFromBody(event);
      default:
        // `ping`, and events still to be invented, which the API's versioning policy asks clients to ignore.
        if (typeof event?.type !== "string") throw malformed("The stream holds an event without a type", data);
    }
  }

  #start(index: number, block: Block, data: string, out: AdapterEvent[]): void {
    if (typeof block.type !== "string") throw malformed("The stream begins a block without a type", data);
    const number = this.#blocks++;
    switch (block.type) {
      case "text": {
        const id = `text-${number}`;
        this.#open[index] = {
          kind: "text",
          id,
          block: { ...block, citations: [...((block.citations as Block[]) ?? [])] },
          json: "",
        };
        out.push({ type: "text-start", id });
        if (block.text) out.push({ type: "text-delta", id, delta: block.text as string });
        return;
      }
      case "thinking": {
        const id = `reasoning-${number}`;
        this.#open[index] = { kind: "reasoning", id, block: { ...block, signature: block.signature ?? "" }, json: "" };
        out.push({ type: "reasoning-start", id });
        if (block.thinking) out.push({ type: "reasoning-delta", id, delta: block.thinking as string });
        return;
      }
      case "redacted_thinking": {
        const id = `reasoning-${number}`;
        out.push({ type: "reasoning-start", id }, { type: "reasoning-end", id, redacted: block.data as string });
        return;
      }
      case "tool_use":
        if (block.name === this.#outputTool) {
          const id = `text-${number}`;
          this.#open[index] = { kind: "output", id, block, json: "" };
          out.push({ type: "text-start", id });
        } else {
          this.#toolCalls = true;
          this.#open[index] = { kind: "tool", id: block.id as string, block, json: "" };
          out.push({ type: "tool-input-start", id: block.id as string, name: block.name as string });
        }
        return;
      default:
        this.#open[index] = { kind: "provider", id: "", block, json: "" };
    }
  }

  #delta(open: OpenBlock, delta: WireDelta, out: AdapterEvent[]): void {
    const { kind, id, block } = open;
    if (delta.type === "input_json_delta") {
      const text = delta.partial_json ?? "";
      open.json += text;
      if (text === "") return;
      if (kind === "tool") out.push({ type: "tool-input-delta", id, delta: text });
      else if (kind === "output") out.push({ type: "text-delta", id, delta: text });
    } else if (kind === "reasoning" && delta.type === "thinking_delta") {
      if (delta.thinking) out.push({ type: "reasoning-delta", id, delta: delta.thinking });
    } else if (delta.type === "signature_delta")
      block.signature = ((block.signature as string) ?? "") + (delta.signature ?? "");
    else if (delta.type === "citations_delta") (block.citations as Block[] | undefined)?.push(delta.citation as Block);
    else if (kind === "provider") {
      // Such as `compaction_delta`: its fields are the block's own, streamed.
      for (const [key, value] of Object.entries(delta)) {
        if (key === "type") continue;
        const before = block[key];
        block[key] = typeof before === "string" && typeof value === "string" ? before + value : (value ?? before);
      }
    }
  }

  #stop(index: number, out: AdapterEvent[]): void {
    const open = this.#open[index];
    if (!open) return;
    this.#open[index] = undefined;
    const { kind, id, block, json } = open;
    switch (kind) {
      case "text": {
        const citations = toCitations(block.citations as Block[]);
        out.push({ type: "text-end", id, ...(citations && { citations }) });
        return;
      }
      case "reasoning":
        out.push({
          type: "reasoning-end",
          id,
          ...(block.signature ? { signature: block.signature as string } : undefined),
        });
        return;
      case "output":
        if (json === "") out.push({ type: "text-delta", id, delta: JSON.stringify(block.input ?? {}) });
        out.push({ type: "text-end", id });
        return;
      case "tool": {
        // Where nothing was streamed, the arguments came whole with the block's start, or there are none.
        const whole = json === "" && Object.keys((block.input as object) ?? {}).length > 0;
        if (whole) out.push({ type: "tool-input-delta", id, delta: JSON.stringify(block.input) });
        out.push(
          { type: "tool-input-end", id },
          toolCall(block, whole ? { input: block.input } : parseToolInput(json)),
        );
        return;
      }
      default: {
        if (json !== "") {
          const { input, inputText } = parseToolInput(json);
          block.input = input ?? inputText;
        }
        out.push({ type: "provider", provider: "anthropic", value: block });
      }
    }
  }
}

function malformed(message: string, text: string, cause?: unknown): LLMError {
  return new LLMError({ kind: "malformed-response", message, text, ...(cause !== undefined && { cause }) });
}
