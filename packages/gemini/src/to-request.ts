import type { ImagePart } from "@llmux/core";
import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { type GoogleProvider, optionsFor } from "./host.js";
import { type ModelFacts, modelFacts } from "./model-facts.js";
import { GENERATION_CONFIG, type GeminiOptions } from "./options.js";
import { toContents, type WireContent } from "./to-contents.js";
import { resolutionOf } from "./to-media.js";
import { toThinking } from "./to-thinking.js";
import { toTools } from "./to-tools.js";
import type { WirePart } from "./wire.js";

/** The body of `generateContent` and `streamGenerateContent`. */
export interface WireRequest extends Record<string, unknown> {
  contents: WireContent[];
  systemInstruction?: { parts: WirePart[] };
  tools?: object[];
  toolConfig?: object;
  generationConfig?: Record<string, unknown>;
}

/** A request as the API takes it. `providerOptions` win over the neutral parameters. */
export function toRequest(request: AdapterRequest, provider: GoogleProvider, context: CallContext): WireRequest {
  if (request.user !== undefined) context.unsupported("user", "it takes no id of the end user");
  const facts = modelFacts(request.model);
  const { system, contents } = toContents(request.messages, facts, provider, context);
  const body: WireRequest = { contents };
  if (system.length > 0) addSystem(body, system, facts, context);
  Object.assign(body, toTools(request, provider, context));
  const config = toGenerationConfig(request, facts, context);
  if (Object.keys(config).length > 0) body.generationConfig = config;
  const options = optionsFor(provider, request.providerOptions);
  if (options) addOptions(body, options);
  return body;
}

function addSystem(body: WireRequest, system: WirePart[], facts: ModelFacts, context: CallContext): void {
  if (facts.system) {
    body.systemInstruction = { parts: system };
    return;
  }
  const message = "This model takes no system instruction; it was put before the first message";
  context.warn({ type: "changed", parameter: "messages", message });
  const [first] = body.contents;
  if (first?.role === "user") first.parts.unshift(...system);
  else body.contents.unshift({ role: "user", parts: system });
}

function toGenerationConfig(request: AdapterRequest, facts: ModelFacts, context: CallContext): Record<string, unknown> {
  const { output, stopSequences } = request;
  const config: Record<string, unknown> = {};
  const add = (name: string, value: unknown): void => {
    if (value !== undefined) config[name] = value;
  };
  add("maxOutputTokens", request.maxTokens);
  add("temperature", request.temperature);
  add("topP", request.topP);
  add("topK", request.topK);
  add("frequencyPenalty", request.frequencyPenalty);
  add("presencePenalty", request.presencePenalty);
  add("seed", request.seed);
  add("stopSequences", stopSequences?.length ? stopSequences : undefined);
  if (output) {
    config.responseMimeType = "application/json";
    // Not `responseSchema`, which is a dialect of OpenAPI.
    add("responseJsonSchema", output.schema);
  }
  add("thinkingConfig", toThinking(request, facts, context));
  if (!facts.modern) add("mediaResolution", resolutionOfAll(request));
  return config;
}

/** The one resolution that a model takes which knows but one: the finest that was asked for. */
function resolutionOfAll({ messages }: AdapterRequest): string | undefined {
  const images = messages.flatMap(({ content }) => (content as readonly { type: string }[]).filter(isImage));
  const wanted = images.map(resolutionOf).filter((level) => level !== undefined);
  return wanted.find((level) => level.endsWith("HIGH")) ?? (wanted.length === images.length ? wanted[0] : undefined);
}

function isImage(part: { type: string }): part is ImagePart {
  return part.type === "image";
}

/** What only this API knows. Objects that the neutral parameters fill in part are completed, not replaced. */
function addOptions(body: WireRequest, options: GeminiOptions): void {
  const { generationConfig, toolConfig, ...rest } = options;
  const config: Record<string, unknown> = { ...generationConfig };
  for (const name of GENERATION_CONFIG) {
    if (rest[name] !== undefined) config[name] = rest[name];
    delete rest[name];
  }
  if (config.thinkingConfig) {
    const thinkingConfig: Record<string, unknown> = {
      ...(body.generationConfig?.thinkingConfig as object | undefined),
      ...(config.thinkingConfig as object),
    };
    // The API refuses both at once, and the caller's own word is not that of the neutral parameters.
    const given = config.thinkingConfig as Record<string, unknown>;
    if (given.thinkingBudget !== undefined && given.thinkingLevel === undefined) delete thinkingConfig.thinkingLevel;
    if (given.thinkingLevel !== undefined && given.thinkingBudget === undefined) delete thinkingConfig.thinkingBudget;
    config.thinkingConfig = thinkingConfig;
  }
  const merged: Record<string, unknown> = { ...body.generationConfig, ...config };
  if (config.responseSchema !== undefined) delete merged.responseJsonSchema;
  Object.assign(body, rest);
  if (Object.keys(merged).length > 0) body.generationConfig = merged;
  if (toolConfig) body.toolConfig = { ...body.toolConfig, ...toolConfig };
}
