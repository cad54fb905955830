import type { AssistantPart } from "@llmux/core";
import type { AdapterEvent, AdapterResult } from "@llmux/core/adapter";

/** The result that the events of a stream add up to. */
export function resultOf(events: readonly AdapterEvent[]): AdapterResult {
  const content: AssistantPart[] = [];
  const result: Partial<AdapterResult> & { content: AssistantPart[] } = { content };
  for (const event of events) {
    if (event.type === "start") result.response = event.response;
    else if (event.type === "text-start") content.push({ type: "text", text: "" });
    else if (event.type === "reasoning-start") content.push({ type: "reasoning", text: "" });
    else if (event.type === "text-delta" || event.type === "reasoning-delta")
      (content.at(-1) as { text: string }).text += event.delta;
    else if (event.type === "tool-call") content.push(event);
    else if (event.type === "finish") Object.assign(result, { finishReason: event.finishReason, usage: event.usage });
  }
  return result as AdapterResult;
}
