import type { AssistantPart, Message, ToolResultPart, UserPart } from "@llmux/core";
import { cleanValue } from "./clean-value.js";
import { mediaSummary } from "./media-summary.js";
import type { TextBudget } from "./text-budget.js";

type Part = UserPart | AssistantPart | ToolResultPart;

/** A part as the conventions' schemas of messages have it. */
export type RecordedPart = Readonly<Record<string, unknown>>;

/** The content of a message, or of an answer, in the conventions' form. */
export function recordedParts(content: Message["content"], budget: TextBudget): RecordedPart[] {
  if (typeof content === "string") return [{ type: "text", content: budget.take(content) }];
  return content.map((part) => recordedPart(part, budget));
}

function recordedPart(part: Part, budget: TextBudget): RecordedPart {
  switch (part.type) {
    case "text":
    case "refusal":
    case "reasoning":
      return { type: part.type, content: budget.take(part.text) };
    case "tool-call":
      return {
        type: "tool_call",
        id: budget.name(part.id),
        name: budget.name(part.name),
        arguments: cleanValue(part.inputText ?? part.input, budget),
      };
    case "tool-result":
      return {
        type: "tool_call_response",
        id: budget.name(part.toolCallId),
        response: cleanValue(part.output, budget) ?? null,
      };
    case "image":
    case "file":
    case "audio":
      return cleanMedia(part, budget);
    default:
      // What only one provider understands may hold anything: sealed blocks, media.
      return { type: part.type, provider: budget.name(String(part.provider)) };
  }
}

function cleanMedia(part: Parameters<typeof mediaSummary>[0], budget: TextBudget): RecordedPart {
  const entries = Object.entries(mediaSummary(part));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" ? budget.name(value) : value]),
  );
}
