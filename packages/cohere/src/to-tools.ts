import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import type { ChatBody } from "./to-chat.js";

/** Adds the tools, and whether they are to be called, to the body of `v2/chat`. */
export function addTools(body: ChatBody, request: AdapterRequest, context: CallContext): void {
  const { tools = [], toolChoice = "auto", parallelToolCalls } = request;
  const wire = tools.flatMap((tool) => toTool(tool, context));
  if (wire.length === 0) return;
  body.tools = wire;
  const strict = tools.map((tool) => tool.type === "function" && tool.strict);
  if (strict.includes(true)) {
    body.strict_tools = true;
    if (strict.includes(false)) {
      const message = "Cohere holds either all tools to their schemas or none; sent strict_tools: true";
      context.warn({ type: "changed", parameter: "tools", message });
    }
  }
  if (toolChoice === "none") body.tool_choice = "NONE";
  else if (toolChoice === "required") body.tool_choice = "REQUIRED";
  else if (toolChoice !== "auto") {
    context.unsupported(
      "toolChoice",
      `only "auto", "none" and "required"; to demand ${toolChoice.tool}, offer it alone`,
    );
  }
  if (parallelToolCalls === false) {
    context.unsupported("parallelToolCalls", "it can't be told to call one tool at a time");
  }
}

function toTool(tool: AdapterTool, context: CallContext): object[] {
  if (tool.type === "provider") {
    if (tool.provider === "cohere") return [tool.value];
    context.unsupported("tools", `those of ${tool.provider} run elsewhere`);
    return [];
  }
  const { name, description, inputSchema: parameters } = tool;
  return [{ type: "function", function: { name, ...(description !== undefined && { description }), parameters } }];
}
