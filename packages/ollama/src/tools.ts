import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import type { Tool } from "ollama/browser";

/** The tools to offer; `undefined` where there are none, or where they are forbidden. */
export function toTools(
  { tools, toolChoice = "auto", parallelToolCalls }: AdapterRequest,
  context: CallContext,
): Tool[] | undefined {
  if (!tools) return undefined;
  if (parallelToolCalls === false)
    context.unsupported("parallelToolCalls", "it can't be told to call one tool at a time");
  if (toolChoice === "none") return undefined;
  if (toolChoice !== "auto")
    context.unsupported("toolChoice", `only "auto" and "none", not ${JSON.stringify(toolChoice)}`);
  return tools.flatMap((tool) => toTool(tool, context));
}

function toTool(tool: AdapterTool, context: CallContext): Tool[] {
  if (tool.type === "provider") {
    context.unsupported("tools", `it runs no tools of its own, nor those of ${tool.provider}`);
    return [];
  }
  const { name, description, inputSchema } = tool;
  // The SDK's type knows only a part of JSON Schema.
  const parameters = inputSchema as NonNullable<Tool["function"]["parameters"]>;
  return [{ type: "function", function: { name, ...(description !== undefined && { description }), parameters } }];
}
