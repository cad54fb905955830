import { APICallError } from "@ai-sdk/provider";
import { isLLMError, type LLMError } from "@llmux/core";

/**
 * An llmux error as the AI SDK knows failed calls. Never retryable: the backend's own policy has retried by then. `cause` is the
 * `LLMError`, and `data` its facts.
 */
export function toAPICallError(error: unknown, abortSignal?: AbortSignal): unknown {
  if (!isLLMError(error)) return error;
  if (error.kind === "aborted") return abortReason(error, abortSignal);
  const { message, status, retryAfter, text, provider, model } = error;
  return new APICallError({
    message,
    url: `llmux:${provider ?? ""}/${model ?? ""}`,
    requestBodyValues: {},
    ...(status !== undefined && { statusCode: status }),
    ...(retryAfter !== undefined && { responseHeaders: { "retry-after-ms": String(retryAfter) } }),
    ...(text !== undefined && { responseBody: text }),
    isRetryable: false,
    data: error.toJSON(),
    cause: error,
  });
}

/** The AI SDK tells an abort by its error's name. */
function abortReason(error: LLMError, abortSignal: AbortSignal | undefined): unknown {
  const reason: unknown = abortSignal?.aborted ? abortSignal.reason : undefined;
  if (reason instanceof Error && /^(AbortError|TimeoutError|ResponseAborted)$/.test(reason.name)) return reason;
  const abort = new DOMException(error.message, "AbortError");
  Object.defineProperty(abort, "cause", { value: reason ?? error });
  return abort;
}
