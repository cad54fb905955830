import { isLLMError, LLMError } from "@llmux/core";

/** The failure of a batch whose caller has ended it. @param cause the signal's reason, or what came of it */
export function aborted(cause: unknown): LLMError {
  return isLLMError(cause) ? cause : new LLMError({ kind: "aborted", message: "The batch was aborted", cause });
}
