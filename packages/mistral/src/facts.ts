import type { FinishReason, ResponseInfo, Usage } from "@llmux/core";
import { type CallContext, headersToObject } from "@llmux/core/adapter";
import { countIn } from "@llmux/core/answers";
import { DEPRECATION_HEADER } from "./connection.js";
import type { WireCompletion, WireUsage } from "./wire.js";

/** Mistral's finish reasons (https://docs.mistral.ai/api/#tag/chat); `model_length` is the end of the context. */
export function toFinishReason(raw: string | undefined, called: boolean): FinishReason {
  switch (raw) {
    case "length":
    case "model_length":
      return { unified: "length", raw };
    case "tool_calls":
      return { unified: "tool-calls", raw };
    case "stop":
      return { unified: called ? "tool-calls" : "stop", raw };
    case "content_filter":
      return { unified: "content-filter", raw };
    default:
      return { unified: "other", raw };
  }
}

/** Audio in a prompt is counted beside `prompt_tokens`, as the total shows; cached tokens are part of them. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  const input = countIn(usage?.prompt_tokens);
  const output = countIn(usage?.completion_tokens);
  const details = usage?.prompt_tokens_details ?? usage?.prompt_token_details;
  const audio = countIn(details?.audio_tokens) ?? 0;
  const apart = input !== undefined && audio > 0 && input + audio + (output ?? 0) === usage?.total_tokens;
  return {
    inputTokens: {
      total: apart ? input + audio : input,
      cacheRead: countIn(details?.cached_tokens),
      cacheWrite: undefined,
    },
    outputTokens: { total: output, reasoning: countIn(usage?.completion_tokens_details?.reasoning_tokens) },
    ...(usage && { raw: usage }),
  };
}

/** What a body says of the response. */
export function bodyFacts({ id, model, created }: WireCompletion): ResponseInfo {
  return {
    id: id ?? undefined,
    model: model ?? undefined,
    createdAt: typeof created === "number" ? new Date(created * 1000) : undefined,
  };
}

/** What the headers say of it. Warns of a model that will be gone. */
export function httpFacts({ headers }: Response, context: CallContext): ResponseInfo {
  const until = headers.get(DEPRECATION_HEADER);
  if (until) context.warn({ type: "other", parameter: "model", message: `Mistral retires this model on ${until}` });
  return { headers: headersToObject(headers), requestId: requestIdFrom(headers) };
}

export function requestIdFrom(headers: Headers): string | undefined {
  return headers.get("mistral-correlation-id") ?? headers.get("x-kong-request-id") ?? undefined;
}
