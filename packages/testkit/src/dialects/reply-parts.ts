import type { Reply, ReplyPart } from "../reply.js";

export type ToolCall = Extract<ReplyPart, { type: "tool-call" }>;

/** The parts of one kind, joined; `undefined` where there are none. */
export function joined({ parts }: Reply, type: ReplyPart["type"]): string | undefined {
  const pieces = parts.flatMap((part) => (part.type === type ? part.pieces : []));
  return pieces.length > 0 ? pieces.join("") : undefined;
}

export function toolCalls({ parts }: Reply): readonly ToolCall[] {
  return parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
}

/** The arguments for a wire that has them as an object. What is no JSON such a wire can't hold: whoever speaks it lacks `tool-input-text`. */
export function argumentsOf({ pieces }: ToolCall): unknown {
  try {
    return JSON.parse(pieces.join("") || "{}");
  } catch {
    return {};
  }
}
