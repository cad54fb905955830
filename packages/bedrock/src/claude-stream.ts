import type { LLMErrorKind, ResponseInfo } from "@llmux/core";
import { type AdapterEvent, LLMError } from "@llmux/core/adapter";
import { parseToolInput } from "@llmux/core/tool-calls";
import type { ChunkTarget } from "./chunk-reader.js";
import { type ClaudeMessage, claudeFacts, toCitation } from "./claude-message.js";
import type { Block } from "./to-messages.js";

interface OpenBlock {
  kind: "text" | "reasoning" | "tool" | "other";
  id: string;
  block: Block;
  json: string;
}

const KINDS: Readonly<Record<string, LLMErrorKind>> = {
  overloaded_error: "overloaded",
  rate_limit_error: "rate-limit",
  invalid_request_error: "invalid-request",
  timeout_error: "timeout",
};

/** Reads Anthropic's own events, from `message_start` to `message_stop`. */
export class ClaudeStream implements ChunkTarget {
  ended = false;
  readonly #response: ResponseInfo;
  readonly #outputTool: string | undefined;
  #message: ClaudeMessage | undefined;
  #open: (OpenBlock | undefined)[] = [];
  #blocks = 0;
  #toolCalls = false;

  constructor(response: ResponseInfo, outputTool: string | undefined) {
    this.#response = response;
    this.#outputTool = outputTool;
  }

  get finished(): boolean {
    return this.ended;
  }

  /** The end marker is the last event. */
  finish(): void {}

  chunk(event: Block, out: AdapterEvent[]): void {
    const index = (event.index as number | undefined) ?? 0;
    switch (event.type) {
      case "message_start": {
        const message = (event.message ?? {}) as ClaudeMessage;
        this.#message = { ...message };
        out.push({ type: "start", response: { ...this.#response, id: message.id, model: message.model } });
        return;
      }
      case "content_block_start":
        this.#start(index, { ...(event.content_block as Block) }, out);
        return;
      case "content_block_delta":
        this.#delta(index, (event.delta ?? {}) as Record<string, string | undefined>, out);
        return;
      case "content_block_stop":
        this.#stop(index, out);
        return;
      case "message_delta": {
        const { type: _, delta, usage, ...rest } = event as Block & { delta?: object; usage?: object };
        // Counts are totals so far, and those that a later event leaves out or makes null still hold.
        const known = Object.entries(usage ?? {}).filter(([, value]) => value !== null);
        const message = this.#begun(event);
        Object.assign(message, delta, rest, { usage: { ...message.usage, ...Object.fromEntries(known) } });
        return;
      }
      case "message_stop": {
        const { type: _, ...rest } = event;
        const message = Object.assign(this.#begun(event), rest);
        this.#open.forEach((__, at) => {
          this.#stop(at, out);
        });
        this.ended = true;
        out.push({ type: "finish", ...claudeFacts(message, !this.#toolCalls) });
        return;
      }
      case "error": {
        const { type: code = "", message = "The provider reported an error" } = (event.error ?? {}) as Record<
          string,
          string
        >;
        throw new LLMError({ kind: KINDS[code] ?? "server", message, code });
      }
    }
  }

  #begun(event: Block): ClaudeMessage {
    if (this.#message) return this.#message;
    const text = JSON.stringify(event);
    throw new LLMError({ kind: "malformed-response", message: "The stream ends a message that it never began", text });
  }

  #start(index: number, block: Block, out: AdapterEvent[]): void {
    const { type } = block;
    if (
      type === "text" ||
      type === "thinking" ||
      type === "redacted_thinking" ||
      (type === "tool_use" && this.#outputTool !== undefined && block.name === this.#outputTool)
    ) {
      const kind = type === "thinking" || type === "redacted_thinking" ? "reasoning" : "text";
      const id = `${kind}-${this.#blocks++}`;
      this.#open[index] = { kind, id, block, json: "" };
      out.push({ type: `${kind}-start`, id });
      const first = block[type === "thinking" ? "thinking" : "text"];
      if (first) out.push({ type: `${kind}-delta`, id, delta: first as string });
      return;
    }
    if (type === "tool_use") {
      this.#toolCalls = true;
      const { id, name } = block as Block & { id: string; name: string };
      this.#open[index] = { kind: "tool", id, block, json: "" };
      out.push({ type: "tool-input-start", id, name });
    } else this.#open[index] = { kind: "other", id: "", block, json: "" };
  }

  #delta(index: number, delta: Record<string, string | undefined>, out: AdapterEvent[]): void {
    const open = this.#open[index];
    if (!open) return;
    const { kind, id, block } = open;
    const { text, thinking, signature, partial_json: json } = delta;
    if (text) out.push({ type: "text-delta", id, delta: text });
    else if (thinking) out.push({ type: "reasoning-delta", id, delta: thinking });
    else if (signature) block.signature = `${(block.signature as string | undefined) ?? ""}${signature}`;
    else if (delta.citation) block.citations = [...((block.citations as Block[] | undefined) ?? []), delta.citation];
    else if (json) {
      open.json += json;
      if (kind === "text") out.push({ type: "text-delta", id, delta: json });
      else if (kind === "tool") out.push({ type: "tool-input-delta", id, delta: json });
    }
  }

  #stop(index: number, out: AdapterEvent[]): void {
    const open = this.#open[index];
    if (!open) return;
    this.#open[index] = undefined;
    const { kind, id, block, json } = open;
    if (kind === "text") {
      const citations = (block.citations as Block[] | null | undefined)?.map(toCitation);
      out.push({ type: "text-end", id, ...(citations?.length && { citations }) });
    } else if (kind === "reasoning") {
      const signature = block.signature as string | undefined;
      const redacted = block.type === "redacted_thinking" ? (block.data as string) : undefined;
      out.push({
        type: "reasoning-end",
        id,
        ...(signature && { signature }),
        ...(redacted !== undefined && { redacted }),
      });
    } else if (kind === "tool") {
      const input = parseToolInput(json || JSON.stringify(block.input ?? {}));
      out.push({ type: "tool-input-end", id }, { type: "tool-call", id, name: block.name as string, ...input });
    } else {
      const value = json ? { ...block, input: parseToolInput(json).input } : block;
      out.push({ type: "provider", provider: "bedrock", value });
    }
  }
}
