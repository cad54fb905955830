import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import type { JSONSchema7 } from "json-schema";
import { defined } from "../shared/defined.js";
import { modelToolOf } from "../shared/provider-tool.js";
import { knownOptions, optionsKeyOf } from "./known-options.js";
import type { AnyLanguageModel } from "./models.js";
import { type Names, toModelOptions } from "./names.js";
import { toPrompt } from "./to-prompt.js";

/** A request as the AI SDK's language models take it. */
export function toCallOptions(
  request: AdapterRequest,
  model: AnyLanguageModel,
  names: Names,
  context: CallContext,
): LanguageModelV4CallOptions {
  const { messages, tools, toolChoice, output, maxTokens, stopSequences, reasoning, headers, providerOptions } =
    request;
  const { temperature, topP, topK, presencePenalty, frequencyPenalty, seed } = request;
  const key = optionsKeyOf(names);
  const known = knownOptions(request, key, model.specificationVersion, context);
  const options = toModelOptions(names, known && { [key]: known }, providerOptions);
  return defined({
    prompt: toPrompt(messages, names, context),
    maxOutputTokens: maxTokens,
    temperature,
    topP,
    topK,
    presencePenalty,
    frequencyPenalty,
    stopSequences: stopSequences && [...stopSequences],
    seed,
    responseFormat: output && defined({ type: "json" as const, ...formatOf(output) }),
    tools: tools && toTools(tools, names, context),
    toolChoice:
      typeof toolChoice === "object"
        ? ({ type: "tool", toolName: toolChoice.tool } as const)
        : toolChoice && { type: toolChoice },
    reasoning: model.specificationVersion === "v4" ? reasoning?.effort : undefined,
    headers: headers && { ...headers },
    abortSignal: context.signal,
    providerOptions: options,
  });
}

function formatOf({ schema, name, description }: NonNullable<AdapterRequest["output"]>): object {
  return schema ? { schema, name, description } : {};
}

function toTools(
  tools: readonly AdapterTool[],
  names: Names,
  context: CallContext,
): NonNullable<LanguageModelV4CallOptions["tools"]> {
  return tools.flatMap((tool): NonNullable<LanguageModelV4CallOptions["tools"]> => {
    if (tool.type === "provider") {
      const own = modelToolOf(tool);
      if (own) return [own];
      context.unsupported("tools", `a tool of ${tool.provider} must be written as { id, name, args } here`);
      return [];
    }
    const { name, description, inputSchema, strict, cache, providerOptions } = tool;
    const hint = cache && { [names.key]: { cacheControl: { type: "ephemeral", ...(cache !== true && cache) } } };
    return [
      defined({
        type: "function" as const,
        name,
        description,
        inputSchema: inputSchema as JSONSchema7,
        strict,
        providerOptions: toModelOptions(names, hint, providerOptions),
      }),
    ];
  });
}
