import type { ToolChoice } from "@llmux/core";
import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import type OpenAI from "openai";
import type { WireHost } from "./host.js";
import type { ChatParams } from "./to-chat.js";

/** The parameters that ask for tools and for structured output. */
export function toChatTools(
  { tools, toolChoice, parallelToolCalls, output }: AdapterRequest,
  context: CallContext,
  { provider }: WireHost,
): Partial<ChatParams> {
  return {
    ...(tools && { tools: toTools(tools, context, provider) }),
    ...(toolChoice && { tool_choice: toToolChoice(toolChoice, tools) }),
    ...(tools && parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
    ...(output && { response_format: toResponseFormat(output) }),
  };
}

function toResponseFormat({
  schema,
  name,
  description,
  strict,
}: NonNullable<AdapterRequest["output"]>): NonNullable<ChatParams["response_format"]> {
  if (!schema) return { type: "json_object" };
  return {
    type: "json_schema",
    json_schema: { name, description: description as string, schema: schema as Record<string, unknown>, strict },
  };
}

function toTools(
  tools: readonly AdapterTool[],
  context: CallContext,
  provider: string,
): OpenAI.Chat.ChatCompletionTool[] {
  return tools.flatMap((tool): OpenAI.Chat.ChatCompletionTool[] => {
    if (tool.type === "provider") {
      if (tool.provider === provider) return [tool.value as unknown as OpenAI.Chat.ChatCompletionTool];
      context.unsupported("tools", `a tool of ${tool.provider} can't be run here`);
      return [];
    }
    const { name, description, inputSchema, strict, providerOptions } = tool;
    const fn = { name, description, parameters: inputSchema, strict } as OpenAI.FunctionDefinition;
    return [{ type: "function", function: fn, ...providerOptions?.[provider] }];
  });
}

function toToolChoice(
  choice: ToolChoice,
  tools: readonly AdapterTool[] = [],
): OpenAI.Chat.ChatCompletionToolChoiceOption {
  if (typeof choice === "string") return choice;
  const name = choice.tool;
  const custom = tools.some(
    (tool) => tool.type === "provider" && (tool.value.custom as { name?: unknown } | undefined)?.name === name,
  );
  return custom ? { type: "custom", custom: { name } } : { type: "function", function: { name } };
}
