import type { ResponseInfo } from "@llmux/core";
import { type AdapterEvent, LLMError } from "@llmux/core/adapter";
import { base64ToBytes, bytesToBase64 } from "@llmux/core/media";
import { parseToolInput } from "@llmux/core/tool-calls";
import { toCitation } from "./citation.js";
import { finishFacts, type ReplyFacts } from "./finish-facts.js";
import type { StreamReader } from "./read-stream.js";
import type { Block } from "./to-messages.js";

/** Base64 of two pieces together: where the first is padded, its last letters stand for more than they would in the whole. */
function joinBase64(before: string | undefined, piece: string): string {
  if (!before?.endsWith("=")) return (before ?? "") + piece;
  const [a, b] = [base64ToBytes(before), base64ToBytes(piece)];
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return bytesToBase64(all);
}

interface OpenBlock {
  kind: "text" | "reasoning" | "tool" | "server-tool" | "server-result";
  id: string;
  start: Block;
  json: string;
  citations: Block[];
  signature: string;
  redacted: string | undefined;
  results: Block[];
}

interface Payload extends Block {
  contentBlockIndex?: number;
  start?: Record<string, Block | undefined> | null;
  delta?: Record<string, unknown> | null;
}

/** Reads the events of ConverseStream, and of the models that send the same over InvokeModel. */
export class ConverseStream implements StreamReader {
  ended = false;
  finished = false;
  readonly #outputTool: string | undefined;
  readonly #response: ResponseInfo;
  #started = false;
  #open = new Map<number, OpenBlock>();
  #blocks = 0;
  #toolCalls = false;
  #facts: ReplyFacts = {};

  constructor(response: ResponseInfo, outputTool: string | undefined) {
    this.#response = response;
    this.#outputTool = outputTool;
  }

  take(name: string, payload: Payload, out: AdapterEvent[]): void {
    if (!this.#started) {
      this.#started = true;
      out.push({ type: "start", response: this.#response });
    }
    const index = payload.contentBlockIndex ?? 0;
    switch (name) {
      case "contentBlockDelta":
        this.#delta(index, payload.delta ?? {}, out);
        return;
      case "contentBlockStart":
        this.#start(index, payload.start ?? {}, out);
        return;
      case "contentBlockStop":
        // Nova ends a block twice.
        this.#stop(index, out);
        return;
      case "messageStop": {
        for (const key of [...this.#open.keys()]) this.#stop(key, out);
        Object.assign(this.#facts, payload);
        this.ended = true;
        if (this.#facts.usage) this.finish(out);
        return;
      }
      case "metadata":
        Object.assign(this.#facts, payload);
        if (this.ended) this.finish(out);
    }
  }

  /** To be called where the bytes have ended after the end marker and no `metadata` has come. */
  finish(out: AdapterEvent[]): void {
    if (this.finished) return;
    this.finished = true;
    out.push({ type: "finish", ...finishFacts(this.#facts, !this.#toolCalls) });
  }

  #begin(index: number, kind: OpenBlock["kind"], start: Block, id = `${kind}-${this.#blocks++}`): OpenBlock {
    const block: OpenBlock = {
      kind,
      id,
      start,
      json: "",
      citations: [],
      signature: "",
      redacted: undefined,
      results: [],
    };
    this.#open.set(index, block);
    return block;
  }

  /** Only blocks with facts of their own are announced; text and reasoning begin with their first delta. */
  #start(index: number, { toolUse, toolResult, image }: Record<string, Block | undefined>, out: AdapterEvent[]): void {
    if (!(toolUse || toolResult || image)) return;
    this.#stop(index, out);
    if (image) this.#begin(index, "server-result", { image });
    else if (toolResult) this.#begin(index, "server-result", { toolResult });
    else if (toolUse?.type === "server_tool_use") this.#begin(index, "server-tool", toolUse);
    else {
      const { toolUseId, name } = toolUse as { toolUseId: unknown; name: unknown };
      if (typeof toolUseId !== "string" || typeof name !== "string") {
        const text = JSON.stringify(toolUse);
        const message = "The stream begins a tool call without id or name";
        throw new LLMError({ kind: "malformed-response", message, text });
      }
      if (name === this.#outputTool) {
        const { id } = this.#begin(index, "text", {});
        out.push({ type: "text-start", id });
        return;
      }
      this.#toolCalls = true;
      this.#begin(index, "tool", toolUse as Block, toolUseId);
      out.push({ type: "tool-input-start", id: toolUseId, name });
    }
  }

  #delta(index: number, delta: Record<string, unknown>, out: AdapterEvent[]): void {
    const { text, toolUse, reasoningContent, citation, toolResult, image } = delta as Record<
      string,
      Block | string | undefined
    >;
    if (typeof text === "string") {
      if (text !== "") out.push({ type: "text-delta", id: this.#block(index, "text", out).id, delta: text });
    } else if (reasoningContent) this.#reasoning(index, reasoningContent as Block, out);
    else if (citation) this.#block(index, "text", out).citations.push(citation as Block);
    else if (toolUse) {
      const block = this.#open.get(index);
      const piece = ((toolUse as Block).input as string | undefined) ?? "";
      if (!block || piece === "") return;
      if (block.kind === "text") out.push({ type: "text-delta", id: block.id, delta: piece });
      else if (block.kind === "tool") out.push({ type: "tool-input-delta", id: block.id, delta: piece });
      block.json += piece;
    } else if (toolResult || image) {
      const block = this.#open.get(index);
      block?.results.push(...([toolResult ?? image].flat() as Block[]));
    }
  }

  #reasoning(index: number, { text, signature, redactedContent }: Block, out: AdapterEvent[]): void {
    const block = this.#block(index, "reasoning", out);
    if (text) out.push({ type: "reasoning-delta", id: block.id, delta: text as string });
    if (signature) block.signature += signature as string;
    if (redactedContent) block.redacted = joinBase64(block.redacted, redactedContent as string);
  }

  /** The open block of a kind, begun where there is none. */
  #block(index: number, kind: "text" | "reasoning", out: AdapterEvent[]): OpenBlock {
    const open = this.#open.get(index);
    if (open?.kind === kind) return open;
    this.#stop(index, out);
    const block = this.#begin(index, kind, {});
    out.push({ type: `${kind}-start`, id: block.id });
    return block;
  }

  #stop(index: number, out: AdapterEvent[]): void {
    const block = this.#open.get(index);
    if (!block) return;
    this.#open.delete(index);
    const { kind, id, start, json, citations, signature, redacted, results } = block;
    if (kind === "text") {
      out.push({ type: "text-end", id, ...(citations.length > 0 && { citations: citations.map(toCitation) }) });
    } else if (kind === "reasoning") {
      out.push({
        type: "reasoning-end",
        id,
        ...(signature && { signature }),
        ...(redacted !== undefined && { redacted }),
      });
    } else if (kind === "tool") {
      out.push({ type: "tool-input-end", id });
      out.push({ type: "tool-call", id, name: start.name as string, ...parseToolInput(json) });
    } else if (start.image) {
      const { format } = start.image as { format?: string };
      const { source } = (results[0] ?? {}) as { source?: { bytes?: string } };
      if (source?.bytes) out.push({ type: "image", data: source.bytes, mediaType: `image/${format}` });
    } else {
      const value =
        kind === "server-tool"
          ? { toolUse: { ...start, input: parseToolInput(json).input ?? {} } }
          : { toolResult: { ...(start.toolResult as Block), content: results } };
      out.push({ type: "provider", provider: "bedrock", value });
    }
  }
}
