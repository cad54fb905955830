import type { BindToolsInput, ToolChoice } from "@langchain/core/language_models/chat_models";
import { convertToOpenAITool, isLangChainTool } from "@langchain/core/utils/function_calling";
import type { GenerateRequest, Tool } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";

/**
 * A tool as llmux takes it: LangChain's own kinds, a function in OpenAI's or Anthropic's form, or a tool that the provider runs, either
 * as llmux writes it (`{ type: "provider", … }`) or in the provider's own words.
 *
 * @throws LLMError `invalid-request` for what is none of these
 */
export function toTool(tool: BindToolsInput, provider: string, strict: boolean | undefined): Tool {
  if (isLangChainTool(tool)) return fromOpenAI(convertToOpenAITool(tool as never), strict);
  const { type, name, description, inputSchema, input_schema: schema, parameters } = tool as Record<string, unknown>;
  if (type === "provider") return tool as unknown as Tool;
  if (type === "function" && "function" in tool)
    return fromOpenAI(tool as ReturnType<typeof convertToOpenAITool>, strict);
  const own = inputSchema ?? schema ?? parameters;
  if (typeof name === "string" && own)
    return {
      name,
      ...(typeof description === "string" && { description }),
      inputSchema: own as Record<string, unknown>,
      ...(strict !== undefined && { strict }),
    };
  if (typeof type === "string") return { type: "provider", provider, value: tool as Record<string, unknown> };
  throw new LLMError({ kind: "invalid-request", parameter: "tools", message: "A tool is of no kind that is known" });
}

function fromOpenAI({ function: said }: ReturnType<typeof convertToOpenAITool>, strict: boolean | undefined): Tool {
  const { name, description, parameters, strict: own } = said as typeof said & { strict?: boolean };
  const { $schema: _, ...inputSchema } = parameters as Record<string, unknown>;
  const held = strict ?? own;
  return {
    name,
    ...(description !== undefined && { description }),
    inputSchema,
    ...(held !== undefined && { strict: held }),
  };
}

export function toToolChoice(choice: ToolChoice | undefined): GenerateRequest["toolChoice"] {
  if (choice === undefined) return undefined;
  if (typeof choice === "string") {
    if (choice === "auto" || choice === "none" || choice === "required") return choice;
    return choice === "any" ? "required" : { tool: choice };
  }
  const {
    type,
    name,
    function: fn,
    tool,
  } = choice as { type?: string; name?: string; function?: { name?: string }; tool?: string };
  const named = tool ?? fn?.name ?? name;
  if (named !== undefined) return { tool: named };
  if (type === "any") return "required";
  if (type === "auto" || type === "none" || type === "required") return type;
  throw new LLMError({
    kind: "invalid-request",
    parameter: "tool_choice",
    message: `tool_choice ${JSON.stringify(choice)} is of no form that is known`,
  });
}
