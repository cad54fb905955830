import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from "@ai-sdk/provider";
import { isLLMError } from "@llmux/core";
import { NO_USAGE, toModelUsage } from "../shared/usage.js";

/**
 * The reply that core could not parse as the output asked for. The AI SDK parses replies itself, and has its own error and its own
 * hook for mending them: it is given the text. `undefined` for every other failure.
 */
export function unparsedReply(
  error: unknown,
): { text: string; finishReason: LanguageModelV4FinishReason; usage: LanguageModelV4Usage } | undefined {
  if (!isLLMError(error, "malformed-response") || error.text === undefined || error.status !== undefined)
    return undefined;
  // Core's words for a reply; an adapter's own failures to read an answer speak of the answer.
  if (!error.message.startsWith("The reply ")) return undefined;
  const cut = error.message.includes("token limit");
  return {
    text: error.text,
    finishReason: { unified: cut ? "length" : "other", raw: undefined },
    usage: toModelUsage(NO_USAGE),
  };
}
