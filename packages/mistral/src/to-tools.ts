import type { ToolChoice } from "@llmux/core";
import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import { cleanSchema } from "./clean-schema.js";
import type { ChatBody } from "./to-chat.js";

/** The parameters that ask for tools and for structured output. */
export function toTools(
  { tools, toolChoice, parallelToolCalls, output }: AdapterRequest,
  context: CallContext,
): Partial<ChatBody> {
  return {
    ...(tools && { tools: tools.flatMap((tool) => toTool(tool, context)) as NonNullable<ChatBody["tools"]> }),
    ...(toolChoice && { tool_choice: toToolChoice(toolChoice) }),
    ...(tools && parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
    ...(output && { response_format: toResponseFormat(output) }),
  };
}

function toTool(tool: AdapterTool, context: CallContext): object[] {
  if (tool.type === "provider") {
    if (tool.provider === "mistral") return [tool.value];
    context.unsupported("tools", `a tool of ${tool.provider} can't be run here`);
    return [];
  }
  const { name, description, inputSchema, strict, providerOptions } = tool;
  const parameters = cleanSchema(inputSchema);
  return [{ type: "function", function: { name, description, parameters, strict }, ...providerOptions?.mistral }];
}

/** `any` is Mistral's own word for `required`, which older models don't know. */
function toToolChoice(choice: ToolChoice): NonNullable<ChatBody["tool_choice"]> {
  if (typeof choice !== "string") return { type: "function", function: { name: choice.tool } };
  return choice === "required" ? "any" : choice;
}

function toResponseFormat({
  schema,
  name,
  description,
  strict,
}: NonNullable<AdapterRequest["output"]>): NonNullable<ChatBody["response_format"]> {
  if (!schema) return { type: "json_object" };
  return {
    type: "json_schema",
    json_schema: { name, description, schema: cleanSchema(schema) as Record<string, unknown>, strict },
  };
}
