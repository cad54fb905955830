import type { AssistantPart, TextPart, ToolResultPart, UserPart } from "./content.js";

export interface SystemMessage {
  role: "system";
  content: string | readonly TextPart[];
}

export interface UserMessage {
  role: "user";
  content: string | readonly UserPart[];
  /** Tells participants apart, where the provider lets one say. */
  name?: string | undefined;
}

export interface AssistantMessage {
  role: "assistant";
  content: string | readonly AssistantPart[];
  name?: string | undefined;
}

export interface ToolMessage {
  role: "tool";
  content: readonly ToolResultPart[];
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;
