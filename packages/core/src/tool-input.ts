import type { ToolCallPart } from "./content.js";

/**
 * A tool call's arguments from the text that the model wrote. Nothing at all means no arguments (`{}`); what is not JSON is kept
 * as `inputText` and never guessed at.
 */
export function parseToolInput(text: string | null | undefined): Pick<ToolCallPart, "input" | "inputText"> {
  if (text === undefined || text === null || text.trim() === "") return { input: {} };
  try {
    return { input: JSON.parse(text) as unknown };
  } catch {
    return { input: undefined, inputText: text };
  }
}

/** A tool call's arguments as text again, just as the model wrote them where they were not JSON. */
export function toolInputText(call: Pick<ToolCallPart, "input" | "inputText">): string {
  return call.inputText ?? JSON.stringify(call.input ?? {});
}
