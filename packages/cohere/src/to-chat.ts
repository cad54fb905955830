import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { toMessages } from "./to-messages.js";
import { addTools } from "./to-tools.js";

/** The body of `v2/chat`, by the names of Cohere's API. */
export type ChatBody = Record<string, unknown> & { model: string; messages: unknown[] };

/**
 * The body of `v2/chat`. What `providerOptions.cohere` says wins over the neutral parameters.
 * @throws LLMError `unsupported` for what Cohere can't take, `invalid-request` for media that is none
 */
export function toChatBody(request: AdapterRequest, context: CallContext, stream: boolean): ChatBody {
  const { model, messages, output, providerOptions } = request;
  const body: ChatBody = { model, messages: toMessages(messages, context), stream };
  const set = (field: string, value: unknown): void => {
    if (value !== undefined) body[field] = value;
  };
  set("max_tokens", request.maxTokens);
  set("temperature", request.temperature);
  set("p", request.topP);
  set("k", request.topK);
  set("frequency_penalty", request.frequencyPenalty);
  set("presence_penalty", request.presencePenalty);
  set("stop_sequences", request.stopSequences);
  set("seed", request.seed);
  set("thinking", toThinking(request, context));
  if (output) set("response_format", { type: "json_object", ...(output.schema && { json_schema: output.schema }) });
  if (request.tools) addTools(body, request, context);
  if (request.user !== undefined) context.unsupported("user", "it takes no id of the end user");
  if (providerOptions?.cohere) for (const [field, value] of Object.entries(providerOptions.cohere)) set(field, value);
  return body;
}

/** Cohere counts thinking and does not grade it: an effort can only turn it on or off. */
function toThinking({ reasoning }: AdapterRequest, context: CallContext): object | undefined {
  if (!reasoning) return undefined;
  const { effort, budgetTokens } = reasoning;
  if (effort === "none" || budgetTokens === 0) return { type: "disabled" };
  if (budgetTokens !== undefined) return { type: "enabled", token_budget: budgetTokens };
  if (effort === undefined) return undefined;
  const message = `Cohere knows no reasoning effort "${effort}"; sent thinking: enabled. Use reasoning.budgetTokens to limit it`;
  context.warn({ type: "changed", parameter: "reasoning.effort", message });
  return { type: "enabled" };
}
