import { ContextOverflowError, type LangChainErrorCodes } from "@langchain/core/errors";
import { isLLMError, type LLMErrorKind } from "@llmux/core";

const CODES: Partial<Record<LLMErrorKind, LangChainErrorCodes>> = {
  authentication: "MODEL_AUTHENTICATION",
  "not-found": "MODEL_NOT_FOUND",
  "rate-limit": "MODEL_RATE_LIMIT",
};

/**
 * A failure as LangChain's own code looks for it: an `LLMError` with `lc_error_code` where LangChain has a code, and for an exceeded
 * context window the error that its middleware waits for, with the `LLMError` as its cause.
 */
export function toLangChainError(error: unknown): unknown {
  if (!isLLMError(error)) return error;
  if (error.kind === "context-window-exceeded") return ContextOverflowError.fromError(error);
  const code = CODES[error.kind];
  return code ? Object.assign(error, { lc_error_code: code }) : error;
}

/**
 * The reply that core could not parse as the output asked for: LangChain's parsers have their own error for it, and `includeRaw` wants
 * the message. `undefined` for every other failure.
 */
export function unparsedReply(error: unknown): { text: string; cut: boolean } | undefined {
  if (!isLLMError(error, "malformed-response") || error.text === undefined || error.status !== undefined)
    return undefined;
  // Core's words for a reply; an adapter's own failures to read an answer speak of the answer.
  if (!error.message.startsWith("The reply ")) return undefined;
  return { text: error.text, cut: error.message.includes("token limit") };
}
