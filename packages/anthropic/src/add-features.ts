import type { JSONSchema } from "@llmux/core";
import { type AdapterRequest, type AdapterTool, type CallContext, LLMError } from "@llmux/core/adapter";
import type { AnthropicHost } from "./backend.js";
import { type ModelFacts, modelFacts } from "./model-facts.js";
import type { AnthropicOptions } from "./options.js";
import type { Block } from "./to-messages.js";
import type { Params } from "./to-params.js";
import { toThinking } from "./to-thinking.js";
import { withHints } from "./with-hints.js";

/** Adds tools, thinking, structured output and `providerOptions.anthropic` to a body. Loaded with the first request that has any. */
export async function addFeatures(
  body: Record<string, unknown>,
  request: AdapterRequest,
  context: CallContext,
  host: AnthropicHost = {},
): Promise<Omit<Params, "params">> {
  const known = modelFacts(request.model);
  const { betas, output_config, metadata, ...options } = (request.providerOptions?.anthropic ?? {}) as AnthropicOptions;
  const { thinking, effort } = toThinking(request, known, context);
  // Where the model thinks there is no other way: the API then takes no forced tool.
  const thinks = known.alwaysThinks || (thinking !== undefined && thinking.type !== "disabled");
  const facts = host.structuredOutput === false && !thinks ? { ...known, structuredOutput: false } : known;
  const tools = await toTools(request.tools ?? [], facts, context);
  const config: Record<string, unknown> = {};
  if (effort) config.effort = effort;

  let outputTool: string | undefined;
  if (request.output) {
    const { schema, name, description } = request.output;
    if (!schema) {
      const text = "Reply with a single JSON value and nothing else: no prose, no code fence.";
      body.system = [...((body.system as Block[] | undefined) ?? []), { type: "text", text }];
      const message = "The Messages API has no JSON mode: the model was told to reply with JSON alone";
      context.warn({ type: "changed", parameter: "output", message });
    } else if (facts.structuredOutput) {
      config.format = { type: "json_schema", schema: await strictSchema(schema, "output.schema") };
    } else {
      outputTool = name;
      tools.push({ name, description: description ?? "Gives the reply.", input_schema: schema });
    }
  }

  if (tools.length > 0) body.tools = tools;
  const toolChoice = tools.length > 0 ? toToolChoice(request, outputTool) : undefined;
  if (toolChoice) body.tool_choice = toolChoice;
  if (thinking) body.thinking = thinking;
  if (metadata) body.metadata = { ...(body.metadata as object | undefined), ...metadata };
  if (output_config || Object.keys(config).length > 0) body.output_config = { ...config, ...output_config };
  Object.assign(body, options);
  return { headers: betas && betas.length > 0 ? { "anthropic-beta": betas.join(",") } : {}, outputTool };
}

async function toTools(tools: readonly AdapterTool[], facts: ModelFacts, context: CallContext): Promise<object[]> {
  const result: object[] = [];
  for (const tool of tools) {
    if (tool.type === "provider") {
      if (tool.provider === "anthropic") result.push(tool.value);
      else context.unsupported(`tools: provider tool of ${tool.provider}`, "only its own provider understands it");
      continue;
    }
    const strict = tool.strict === true && facts.structuredOutput;
    const input_schema = strict
      ? await strictSchema(tool.inputSchema, `tools.${tool.name}.inputSchema`)
      : tool.inputSchema;
    const wire: Omit<Block, "type"> = { name: tool.name, input_schema };
    if (tool.description !== undefined) wire.description = tool.description;
    if (strict) wire.strict = true;
    result.push(withHints(wire, tool));
  }
  return result;
}

function toToolChoice(
  { toolChoice, parallelToolCalls, tools }: AdapterRequest,
  outputTool: string | undefined,
): object | undefined {
  const parallel = parallelToolCalls === undefined ? undefined : { disable_parallel_tool_use: !parallelToolCalls };
  if (outputTool !== undefined && (toolChoice === "none" || !tools?.length)) {
    return { type: "tool", name: outputTool, disable_parallel_tool_use: true };
  }
  if (typeof toolChoice === "object") return { type: "tool", name: toolChoice.tool, ...parallel };
  if (toolChoice === "none") return { type: "none" };
  // The model ends either by asking for a tool or by giving the reply, which is a tool too.
  if (toolChoice === "required" || outputTool !== undefined) return { type: "any", ...parallel };
  return toolChoice === "auto" || parallel ? { type: "auto", ...parallel } : undefined;
}

/** The schema in the dialect that the API enforces; what it lacks (lengths, ranges) moves into descriptions. */
async function strictSchema(schema: JSONSchema, parameter: string): Promise<object> {
  const { transformJSONSchema } = await import("@anthropic-ai/sdk/lib/transform-json-schema");
  try {
    return transformJSONSchema(schema as never);
  } catch (cause) {
    const message = `${parameter} can't be enforced by the Messages API: ${(cause as Error).message}`;
    throw new LLMError({ kind: "invalid-request", parameter, message, cause });
  }
}
