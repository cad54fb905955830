import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { type GoogleProvider, isOurs, optionsFor } from "./host.js";

interface Tools {
  tools?: object[];
  toolConfig?: { functionCallingConfig: { mode: string; allowedFunctionNames?: string[] } };
}

/** `tools` and `toolConfig`. Google's own tools (`{ googleSearch: {} }`) stand beside the functions. */
export function toTools(request: AdapterRequest, provider: GoogleProvider, context: CallContext): Tools {
  const functionDeclarations: object[] = [];
  const own: object[] = [];
  let strict = false;
  for (const tool of request.tools ?? []) {
    if (tool.type === "provider") {
      if (isOurs(tool.provider)) own.push(tool.value);
      else context.unsupported(`tools: provider tool of ${tool.provider}`, "only its own provider understands it");
      continue;
    }
    const { name, description, inputSchema, providerOptions } = tool;
    strict ||= tool.strict === true;
    functionDeclarations.push({
      name,
      ...(description !== undefined && { description }),
      // Not `parameters`, which is a dialect of OpenAPI and knows neither `$ref` nor `const`.
      parametersJsonSchema: inputSchema,
      ...optionsFor(provider, providerOptions),
    });
  }
  if (request.parallelToolCalls === false) {
    context.unsupported("parallelToolCalls", "the model can't be told to call one tool at a time");
  }
  const tools = functionDeclarations.length > 0 ? [{ functionDeclarations }, ...own] : own;
  const mode = functionDeclarations.length > 0 ? toMode(request.toolChoice, strict) : undefined;
  return { ...(tools.length > 0 && { tools }), ...(mode && { toolConfig: { functionCallingConfig: mode } }) };
}

function toMode(
  toolChoice: AdapterRequest["toolChoice"],
  strict: boolean,
): { mode: string; allowedFunctionNames?: string[] } | undefined {
  if (typeof toolChoice === "object") return { mode: "ANY", allowedFunctionNames: [toolChoice.tool] };
  if (toolChoice === "none") return { mode: "NONE" };
  if (toolChoice === "required") return { mode: "ANY" };
  // As `AUTO`, but the calls fit their schema.
  if (strict) return { mode: "VALIDATED" };
  return toolChoice === "auto" ? { mode: "AUTO" } : undefined;
}
