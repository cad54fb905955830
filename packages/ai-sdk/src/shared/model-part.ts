import type {
  LanguageModelV4CustomContent,
  LanguageModelV4ReasoningFile,
  LanguageModelV4ToolApprovalRequest,
  LanguageModelV4ToolCall,
  LanguageModelV4ToolResult,
} from "@ai-sdk/provider";

/** What the AI SDK has a kind of part for and llmux has none: a `provider` part holds it as it is. */
export type ModelPart =
  | LanguageModelV4CustomContent
  | LanguageModelV4ReasoningFile
  | LanguageModelV4ToolApprovalRequest
  | LanguageModelV4ToolCall
  | LanguageModelV4ToolResult;

const KINDS: Readonly<Record<string, string>> = {
  custom: "kind",
  "reasoning-file": "data",
  "tool-approval-request": "approvalId",
  "tool-call": "toolCallId",
  "tool-result": "toolCallId",
};

/** Whether the value of a `provider` part is a part of the AI SDK's. */
export function isModelPart(value: unknown): value is ModelPart {
  if (typeof value !== "object" || value === null) return false;
  const { type } = value as { type?: unknown };
  return typeof type === "string" && Object.hasOwn(KINDS, type) && (KINDS[type] as string) in value;
}
