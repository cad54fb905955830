import { type AdapterRequest, type CallContext, LLMError } from "@llmux/core/adapter";
import type { ChatModelFunctions } from "node-llama-cpp";
import { toGrammarSchema } from "./to-grammar-schema.js";

export interface Functions {
  functions: ChatModelFunctions;
  /** The reply begins with a call. */
  forced: boolean;
  /** Calls in one reply. */
  most?: number;
}

/**
 * The tools that the model may call; `undefined` where it may call none.
 * @throws LLMError `unsupported` for what can't be had, `invalid-request` for a choice that there is no tool of
 */
export function toFunctions(request: AdapterRequest, context: CallContext): Functions | undefined {
  const { tools = [], toolChoice = "auto" } = request;
  const functions: Record<string, ChatModelFunctions[string]> = {};
  for (const tool of tools) {
    if (tool.type === "provider") {
      context.unsupported(`tools of ${tool.provider}`, "it runs none of its own");
      continue;
    }
    const { name, description, inputSchema } = tool;
    const params = takesNothing(inputSchema) ? undefined : toGrammarSchema(inputSchema, `tools.${name}`, context);
    functions[name] = { ...(description !== undefined && { description }), ...(params && { params }) };
  }
  const chosen = typeof toolChoice === "object" ? toolChoice.tool : undefined;
  if (chosen !== undefined && !Object.hasOwn(functions, chosen)) {
    throw new LLMError({ kind: "invalid-request", parameter: "toolChoice", message: `There is no tool "${chosen}"` });
  }
  if (toolChoice === "none" || Object.keys(functions).length === 0) return undefined;
  if (request.output) {
    context.unsupported("output", "not together with tools that the model may call");
  }
  // To demand one tool is to offer no other.
  const offered = chosen === undefined ? functions : { [chosen]: functions[chosen]! };
  const most = request.parallelToolCalls === false ? { most: 1 } : {};
  return { functions: offered, forced: chosen !== undefined || toolChoice === "required", ...most };
}

function takesNothing(schema: Readonly<Record<string, unknown>>): boolean {
  const { properties, additionalProperties, required, $ref, anyOf, oneOf, allOf } = schema;
  if ($ref || anyOf || oneOf || allOf || (Array.isArray(required) && required.length > 0)) return false;
  const empty = typeof properties !== "object" || properties === null || Object.keys(properties).length === 0;
  return empty && !additionalProperties;
}
