import type { AdapterEvent } from "@llmux/core/adapter";
import { parseToolInput } from "@llmux/core/tool-calls";
import { toCitations, toolCall } from "./from-message.js";
import type { OpenBlock, WireDelta } from "./message-stream.js";
import type { Block } from "./to-messages.js";

/**
 * The blocks of a streamed message that are more than text and reasoning: tool calls, citations, the output tool, redacted
 * reasoning, and what only Anthropic understands. Loaded with the first of them.
 */

/** Begins a block, `number` in its message. `undefined` for one that has no more to come. */
export function openBlock(
  block: Block,
  number: number,
  outputTool: string | undefined,
  out: AdapterEvent[],
): OpenBlock | undefined {
  switch (block.type) {
    case "redacted_thinking": {
      const id = `reasoning-${number}`;
      out.push({ type: "reasoning-start", id }, { type: "reasoning-end", id, redacted: block.data as string });
      return undefined;
    }
    case "tool_use": {
      if (block.name === outputTool) {
        const id = `text-${number}`;
        out.push({ type: "text-start", id });
        return { kind: "output", id, block, json: "" };
      }
      const id = block.id as string;
      out.push({ type: "tool-input-start", id, name: block.name as string });
      return { kind: "tool", id, block, json: "" };
    }
    default:
      return { kind: "provider", id: "", block, json: "" };
  }
}

export function addDelta(open: OpenBlock, delta: WireDelta, out: AdapterEvent[]): void {
  const { kind, id, block } = open;
  if (delta.type === "input_json_delta") {
    const text = delta.partial_json ?? "";
    open.json += text;
    if (text === "") return;
    if (kind === "tool") out.push({ type: "tool-input-delta", id, delta: text });
    else if (kind === "output") out.push({ type: "text-delta", id, delta: text });
  } else if (delta.type === "citations_delta") {
    if (kind === "text") block.citations ??= [];
    (block.citations as Block[] | undefined)?.push(delta.citation as Block);
  } else if (kind === "provider") {
    // Such as `compaction_delta`: its fields are the block's own, streamed.
    for (const [key, value] of Object.entries(delta)) {
      if (key === "type") continue;
      const before = block[key];
      block[key] = typeof before === "string" && typeof value === "string" ? before + value : (value ?? before);
    }
  }
}

export function endBlock({ kind, id, block, json }: OpenBlock, out: AdapterEvent[]): void {
  switch (kind) {
    case "text": {
      const citations = toCitations(block.citations as Block[]);
      out.push({ type: "text-end", id, ...(citations && { citations }) });
      return;
    }
    case "output":
      if (json === "") out.push({ type: "text-delta", id, delta: JSON.stringify(block.input ?? {}) });
      out.push({ type: "text-end", id });
      return;
    case "tool": {
      // Where nothing was streamed, the arguments came whole with the block's start, or there are none.
      const whole = json === "" && Object.keys((block.input as object) ?? {}).length > 0;
      if (whole) out.push({ type: "tool-input-delta", id, delta: JSON.stringify(block.input) });
      out.push({ type: "tool-input-end", id }, toolCall(block, whole ? { input: block.input } : parseToolInput(json)));
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
