import type { LanguageModelV4CallOptions, SharedV4Warning } from "@ai-sdk/provider";
import type { GenerateRequest, Tool } from "@llmux/core";
import { defined } from "../shared/defined.js";
import { toProviderTool } from "../shared/provider-tool.js";
import { fromPrompt } from "./from-prompt.js";
import { type Setting, sharedOptions } from "./settings.js";

/** The AI SDK's call options as a request of llmux's, with warnings of what llmux has no word for. */
export function toRequest(
  options: LanguageModelV4CallOptions,
  model: string,
  setting: Setting,
): { request: GenerateRequest; warnings: SharedV4Warning[] } {
  const { prompt, tools, toolChoice, responseFormat, maxOutputTokens, reasoning, includeRawChunks } = options;
  const { temperature, topP, topK, presencePenalty, frequencyPenalty, stopSequences, seed } = options;
  const { shared, llmux } = sharedOptions(options, setting);
  const { user, cacheKey, parallelToolCalls, reasoningBudget, strictOutput } = llmux;
  const warnings: SharedV4Warning[] = [];
  if (includeRawChunks)
    warnings.push({ type: "unsupported", feature: "includeRawChunks", details: "llmux gives no raw chunks" });
  const prefix = model.includes("/") ? model.slice(0, model.indexOf("/")) : setting.backend.provider;
  const effort = reasoning === "provider-default" ? undefined : reasoning;
  const request: GenerateRequest = defined({
    ...shared,
    model,
    messages: fromPrompt(prompt, prefix),
    tools: tools?.map((tool) => toTool(tool, prefix, warnings)),
    toolChoice: toolChoice?.type === "tool" ? { tool: toolChoice.toolName } : toolChoice?.type,
    output: toOutput(responseFormat, strictOutput),
    maxTokens: maxOutputTokens,
    temperature,
    topP,
    topK,
    presencePenalty,
    frequencyPenalty,
    stopSequences,
    seed,
    reasoning:
      effort === undefined && reasoningBudget === undefined
        ? undefined
        : defined({ effort, budgetTokens: reasoningBudget }),
    user,
    cacheKey,
    parallelToolCalls,
  });
  return { request, warnings };
}

function toOutput(
  format: LanguageModelV4CallOptions["responseFormat"],
  strict: boolean | undefined,
): GenerateRequest["output"] {
  if (format?.type !== "json") return undefined;
  const { schema, name, description } = format;
  return schema ? defined({ schema: schema as Record<string, unknown>, name, description, strict }) : "json";
}

function toTool(
  tool: NonNullable<LanguageModelV4CallOptions["tools"]>[number],
  prefix: string,
  warnings: SharedV4Warning[],
): Tool {
  if (tool.type === "provider") return toProviderTool(tool, prefix);
  const { name, description, inputSchema, inputExamples, strict, providerOptions = {} } = tool;
  if (inputExamples?.length)
    warnings.push({
      type: "unsupported",
      feature: `tools.${name}.inputExamples`,
      details: "llmux has no examples of input",
    });
  const caches = Object.values(providerOptions).some((own) => own?.cacheControl ?? own?.cachePoint);
  return defined({
    type: "function" as const,
    name,
    description,
    inputSchema: inputSchema as Record<string, unknown>,
    strict,
    cache: caches || undefined,
    providerOptions: caches || Object.keys(providerOptions).length === 0 ? undefined : providerOptions,
  });
}
