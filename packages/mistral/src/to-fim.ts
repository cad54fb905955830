import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { LLMError } from "@llmux/core/adapter";
import { toSampling } from "./to-chat.js";

/**
 * The body of `/v1/fim/completions` (https://docs.mistral.ai/api/#tag/fim): code to be completed, which is the one user message.
 *
 * @throws LLMError `invalid-request` for a conversation
 */
export function toFim(request: AdapterRequest, context: CallContext): Record<string, unknown> {
  const { model, messages } = request;
  const { api: _, prefix: __, ...own } = request.providerOptions?.mistral ?? {};
  const [message, ...more] = messages;
  if (message?.role !== "user" || more.length > 0 || !message.content.every((part) => part.type === "text")) {
    throw new LLMError({
      kind: "invalid-request",
      parameter: "messages",
      message: "Fill-in-the-middle takes one user message, of text: the code before the gap",
    });
  }
  for (const name of ["tools", "output", "reasoning", "topK", "frequencyPenalty", "presencePenalty"] as const) {
    if (request[name] !== undefined) context.unsupported(name, "fill-in-the-middle has no such parameter");
  }
  const { frequency_penalty: _f, presence_penalty: _p, ...sampling } = toSampling(request);
  const prompt = message.content.map(({ text }) => text).join("");
  return { model, prompt, prompt_cache_key: request.cacheKey, ...sampling, ...own };
}
