import type { MessageCreateParamsBase } from "@anthropic-ai/sdk/resources/messages/messages";
import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { AnthropicHost } from "./backend.js";
import { maxOutput } from "./model-version.js";
import { toMessages } from "./to-messages.js";

/**
 * Most tokens to generate where the caller does not say, which the API insists on: at the usual speeds a reply of this length
 * comes within the ten minutes after which idle connections are dropped. Less where the model has less.
 */
const DEFAULT_MAX_TOKENS = 32_000;

/** Parameters whose translation is loaded with the first request that has one. */
const FEATURES = ["tools", "toolChoice", "parallelToolCalls", "output", "reasoning", "providerOptions"] as const;
const SAMPLING = ["temperature", "topP", "topK", "seed", "frequencyPenalty", "presencePenalty"] as const;

let features: typeof import("./add-features.js") | undefined;
let sampling: typeof import("./add-sampling.js") | undefined;

export interface Params {
  params: MessageCreateParamsBase;
  /** Headers that parameters travel in. */
  headers?: Record<string, string> | undefined;
  /** Name of the tool whose arguments are the reply, for a model without structured output. */
  outputTool?: string | undefined;
}

/** A request as the Messages API takes it. `providerOptions.anthropic` wins over the neutral parameters. */
export async function toParams(
  request: AdapterRequest,
  context: CallContext,
  host: AnthropicHost = {},
): Promise<Params> {
  const { model, stopSequences, user } = request;
  const has = (name: keyof AdapterRequest): boolean => request[name] !== undefined;
  const { system, messages } = await toMessages(request.messages, model, context);
  const body: Record<string, unknown> = { model, messages };
  if (system.length > 0) body.system = system;
  if (stopSequences?.length) body.stop_sequences = stopSequences;
  if (user !== undefined) body.metadata = { user_id: user };
  let more: Omit<Params, "params"> | undefined;
  if (FEATURES.some(has)) {
    features ??= await import("./add-features.js");
    more = await features.addFeatures(body, request, context, host);
  }
  if (SAMPLING.some(has)) {
    sampling ??= await import("./add-sampling.js");
    sampling.addSampling(body, request, context);
  }
  const budget = (body.thinking as { budget_tokens?: number } | undefined)?.budget_tokens ?? 0;
  body.max_tokens ??= request.maxTokens ?? Math.min(maxOutput(model), DEFAULT_MAX_TOKENS + budget);
  // The parts of the body that come from `providerOptions` are typed there; the rest is made here.
  return { ...more, params: body as unknown as MessageCreateParamsBase };
}
