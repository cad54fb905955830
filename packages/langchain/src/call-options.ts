import type { BaseChatModelCallOptions, BindToolsInput } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { GenerateRequest, LLMBackend } from "@llmux/core";
import { fromMessages } from "./from-messages.js";
import { toTool, toToolChoice } from "./tools.js";

/** What of llmux's requests a model holds for all its calls, or a call says for itself. */
export type Settings = Pick<
  GenerateRequest,
  | "maxTokens"
  | "temperature"
  | "topP"
  | "topK"
  | "frequencyPenalty"
  | "presencePenalty"
  | "seed"
  | "reasoning"
  | "parallelToolCalls"
  | "cacheKey"
  | "user"
  | "providerOptions"
  | "headers"
  | "dropParams"
>;

export type LLMuxCallOptions = BaseChatModelCallOptions &
  Settings & {
    tools?: BindToolsInput[] | undefined;
    /** Hold the model to the tools' schemas exactly, where the provider can. */
    strict?: boolean | undefined;
    /** As LangChain's other models name `parallelToolCalls`. */
    parallel_tool_calls?: boolean | undefined;
    output?: GenerateRequest["output"];
  };

const SETTINGS: readonly (keyof Settings)[] = [
  "maxTokens",
  "temperature",
  "topP",
  "topK",
  "frequencyPenalty",
  "presencePenalty",
  "seed",
  "reasoning",
  "parallelToolCalls",
  "cacheKey",
  "user",
  "providerOptions",
  "headers",
  "dropParams",
];

/** The settings that are set. */
export function settingsOf(source: Partial<Settings>): Settings {
  return Object.fromEntries(
    SETTINGS.filter((name) => source[name] !== undefined).map((name) => [name, source[name]]),
  ) as Settings;
}

/** The prefix of a model's name, or where it has none the backend's id. */
export function prefixOf(model: string | undefined, backend: LLMBackend): string {
  return model?.includes("/") ? model.slice(0, model.indexOf("/")) : backend.provider;
}

/** A call of LangChain's as a request. */
export function toRequest(
  messages: readonly BaseMessage[],
  options: Partial<LLMuxCallOptions>,
  {
    backend,
    model,
    settings,
    stop,
  }: { backend: LLMBackend; model: string | undefined; settings: Settings; stop?: string[] | undefined },
): GenerateRequest {
  const { tools, tool_choice: choice, strict, parallel_tool_calls: parallel, output, signal } = options;
  const prefix = prefixOf(model, backend);
  const stopSequences = options.stop ?? stop;
  const toolChoice = toToolChoice(choice);
  return {
    ...settings,
    ...(parallel !== undefined && { parallelToolCalls: parallel }),
    ...settingsOf(options),
    ...(model !== undefined && { model }),
    messages: fromMessages(messages, prefix),
    ...(tools?.length && { tools: tools.map((tool) => toTool(tool, prefix, strict)) }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(output && { output }),
    ...(stopSequences?.length && { stopSequences }),
    ...(signal && { signal }),
  };
}
