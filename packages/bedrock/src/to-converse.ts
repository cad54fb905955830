import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { type ModelFacts, modelFacts } from "./model-facts.js";
import { type ModelId, parseModel } from "./model-id.js";
import { type Block, toMessages } from "./to-messages.js";
import { withBase64 } from "./with-base64.js";

export interface ConverseCall {
  model: ModelId;
  body: Record<string, unknown>;
  /** Name of the tool whose arguments are the reply, for a model without structured output. */
  outputTool?: string | undefined;
}

/** Parameters whose translation is loaded with the first request that has one. */
const FEATURES = ["tools", "toolChoice", "parallelToolCalls", "output", "reasoning"] as const;
/** What `providerOptions.bedrock` holds for the adapter, or for InvokeModel. */
const OWN = new Set([
  "api",
  "baseModel",
  "guardrailIdentifier",
  "guardrailVersion",
  "performanceConfigLatency",
  "trace",
]);
const MERGED = ["inferenceConfig", "toolConfig", "outputConfig", "additionalModelRequestFields"];

let features: typeof import("./add-features.js") | undefined;

/** A request as Converse takes it, in JSON. `providerOptions.bedrock` wins over the neutral parameters. */
export async function toConverse(request: AdapterRequest, context: CallContext): Promise<ConverseCall> {
  const model = nameModel(request);
  const facts = modelFacts(model.base);
  const { system, messages, usesTools } = await toMessages(request.messages, facts, context);
  const body: Record<string, unknown> = { messages };
  if (system.length > 0) body.system = system;
  let outputTool: string | undefined;
  if (usesTools || FEATURES.some((name) => request[name] !== undefined)) {
    features ??= await import("./add-features.js");
    outputTool = features.addFeatures(body, request, facts, context);
  }
  addSampling(body, request, facts, context);
  for (const [name, value] of Object.entries(withBase64(request.providerOptions?.bedrock ?? {}) as Block)) {
    if (OWN.has(name) || value === undefined) continue;
    const merged = MERGED.includes(name) && typeof value === "object" && value !== null;
    body[name] = merged ? { ...(body[name] as object | undefined), ...value } : value;
  }
  return { model, body, outputTool };
}

/** The model of a request, with what `baseModel` says of it. */
export function nameModel({ model, providerOptions }: Pick<AdapterRequest, "model" | "providerOptions">): ModelId {
  const named = parseModel(model);
  return { ...named, base: providerOptions?.bedrock?.baseModel ?? named.base };
}

const WITHOUT = ["seed", "frequencyPenalty", "presencePenalty", "user"] as const;

function addSampling(body: Block, request: AdapterRequest, facts: ModelFacts, context: CallContext): void {
  const { maxTokens, topK, stopSequences } = request;
  const config: Record<string, unknown> = {};
  if (maxTokens !== undefined) config.maxTokens = maxTokens;
  if (stopSequences?.length) config.stopSequences = stopSequences;
  const { temperature, topP } = sampling(request, body, facts, context);
  if (temperature !== undefined) config.temperature = temperature;
  if (topP !== undefined) config.topP = topP;
  if (Object.keys(config).length > 0) body.inferenceConfig = config;
  if (topK !== undefined) addTopK(body, topK, facts, context);
  for (const name of WITHOUT) {
    const why = name === "user" ? "requestMetadata of providerOptions marks requests in AWS's logs" : undefined;
    if (request[name] !== undefined) context.unsupported(name, why);
  }
}

/** What of temperature and top-p a model takes: a Claude that thinks takes neither, and the newest take one or none. */
function sampling(
  { temperature, topP }: AdapterRequest,
  body: Block,
  { version }: ModelFacts,
  context: CallContext,
): { temperature?: number | undefined; topP?: number | undefined } {
  const result = { temperature, topP };
  const drop = (name: "temperature" | "topP", why: string): void => {
    if (result[name] === undefined) return;
    context.unsupported(name, why);
    result[name] = undefined;
  };
  if (version >= 407) {
    drop("temperature", "this model takes no sampling parameters");
    drop("topP", "this model takes no sampling parameters");
  }
  const { thinking } = (body.additionalModelRequestFields ?? {}) as { thinking?: { type?: string } };
  if (thinking && thinking.type !== "disabled") {
    if (temperature !== 1) drop("temperature", "not while the model thinks");
    if (topP !== undefined && topP < 0.95) drop("topP", "not while the model thinks");
  }
  if (version >= 401 && result.temperature !== undefined) drop("topP", "this model takes it or temperature, not both");
  return result;
}

function addTopK(body: Block, topK: number, { family, version }: ModelFacts, context: CallContext): void {
  let fields: Record<string, unknown> | undefined;
  if (family === "claude" && version < 407) fields = { top_k: topK };
  else if (family === "nova") fields = { inferenceConfig: { topK } };
  else if (family === "mistral") fields = { top_k: topK };
  else if (family === "cohere") fields = { k: topK };
  const more = body.additionalModelRequestFields as { thinking?: { type?: string } } | undefined;
  if (more?.thinking && more.thinking.type !== "disabled") fields = undefined;
  if (fields) body.additionalModelRequestFields = { ...more, ...fields };
  else context.unsupported("topK", "Converse has none, and this model's own name for it is not known");
}
