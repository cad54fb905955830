import type { JSONSchema } from "@llmux/core";
import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import type { ModelFacts } from "./model-facts.js";
import { type Block, type WireMessage, withCache } from "./to-messages.js";
import { toReasoning } from "./to-reasoning.js";
import { withBase64 } from "./with-base64.js";

/**
 * Adds tools, thinking and structured output to a body. Loaded with the first request that has any. Gives back the name of the tool
 * whose arguments are the reply, where the model has no structured output and can be told to use a tool.
 */
export function addFeatures(
  body: Record<string, unknown>,
  request: AdapterRequest,
  facts: ModelFacts,
  context: CallContext,
): string | undefined {
  const { fields, effort } = toReasoning(request, facts, context);
  if (fields) body.additionalModelRequestFields = fields;
  const outputConfig: Record<string, unknown> = {};
  if (effort) outputConfig.effort = effort;
  const tools = toTools(request.tools ?? [], facts, context);
  const outputTool = addOutput(request, facts, body, outputConfig, tools, context);
  if (Object.keys(outputConfig).length > 0) body.outputConfig = outputConfig;
  addToolConfig(body, request, tools, outputTool, facts, context);
  return outputTool;
}

function addOutput(
  { output }: AdapterRequest,
  facts: ModelFacts,
  body: Record<string, unknown>,
  outputConfig: Record<string, unknown>,
  tools: Block[],
  context: CallContext,
): string | undefined {
  if (!output) return undefined;
  const { schema, name, description } = output;
  if (schema && facts.structuredOutput) {
    const jsonSchema = {
      schema: JSON.stringify(closed(schema)),
      name,
      ...(description !== undefined && { description }),
    };
    outputConfig.textFormat = { type: "json_schema", structure: { jsonSchema } };
    return undefined;
  }
  if (schema && facts.forcedTools) {
    tools.push(toolSpec(name, description ?? "Gives the reply.", schema));
    return name;
  }
  const shape = schema ? ` that fits this JSON Schema: ${JSON.stringify(schema)}` : "";
  const text = `Reply with a single JSON value${shape}. Nothing else: no prose, no code fence.`;
  body.system = [...((body.system as Block[] | undefined) ?? []), { text }];
  const message = "The model has no JSON mode in Converse: it was told to reply with JSON alone";
  context.warn({ type: "changed", parameter: "output", message });
  return undefined;
}

/** Structured outputs want it said of every object that it takes no further properties. */
function closed(schema: JSONSchema): JSONSchema {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    const result = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
    const isObject = result.type === "object" && typeof result.properties === "object";
    if (isObject && result.additionalProperties === undefined) result.additionalProperties = false;
    return result;
  };
  return walk(schema) as JSONSchema;
}

function toolSpec(name: string, description: string | undefined, schema: unknown, strict = false): Block {
  return {
    toolSpec: {
      name,
      ...(description && { description }),
      inputSchema: { json: schema },
      ...(strict && { strict }),
    },
  };
}

function toTools(tools: readonly AdapterTool[], facts: ModelFacts, context: CallContext): Block[] {
  return tools.flatMap((tool): Block[] => {
    if (tool.type === "provider") {
      if (tool.provider === "bedrock") return [withBase64(tool.value) as Block];
      context.unsupported(`tools: provider tool of ${tool.provider}`, "only its own provider understands it");
      return [];
    }
    const { name, description, inputSchema, cache, providerOptions } = tool;
    const strict = tool.strict === true && facts.structuredOutput;
    const wire = toolSpec(name, description, strict ? closed(inputSchema) : inputSchema, strict);
    Object.assign(wire.toolSpec as object, withBase64(providerOptions?.bedrock ?? {}));
    return withCache(wire, cache);
  });
}

function addToolConfig(
  body: Record<string, unknown>,
  request: AdapterRequest,
  tools: Block[],
  outputTool: string | undefined,
  facts: ModelFacts,
  context: CallContext,
): void {
  const called = calledTools(body.messages as WireMessage[]);
  const { toolChoice, parallelToolCalls } = request;
  if (parallelToolCalls === false && tools.length > 0)
    context.unsupported("parallelToolCalls", "Converse can't be told to call one tool at a time");
  if (toolChoice === "none" && outputTool === undefined) {
    // Converse knows no such choice. Without tools none is called, but a conversation with calls in it needs them named.
    if (called.length === 0) return;
    if (tools.length > 0)
      context.unsupported("toolChoice", "Converse can't forbid the tools that the conversation has used");
  }
  if (tools.length === 0) {
    if (called.length === 0) return;
    tools.push(...called.map((name) => toolSpec(name, "Was used before.", { type: "object" })));
    const message = "The conversation has used tools, which Converse wants to know: they were declared by name";
    context.warn({ type: "changed", parameter: "tools", message });
  }
  const choice = toToolChoice(request, outputTool);
  const config: Record<string, unknown> = { tools };
  if (choice && ("auto" in choice || facts.forcedTools)) config.toolChoice = choice;
  else if (choice) context.unsupported("toolChoice", "this model takes auto only");
  body.toolConfig = config;
}

function toToolChoice({ toolChoice, tools }: AdapterRequest, outputTool: string | undefined): Block | undefined {
  if (outputTool !== undefined && (toolChoice === "none" || !tools?.length)) return { tool: { name: outputTool } };
  if (typeof toolChoice === "object") return { tool: { name: toolChoice.tool } };
  // The model ends either by asking for a tool or by giving the reply, which is a tool too.
  if (toolChoice === "required" || outputTool !== undefined) return { any: {} };
  return toolChoice === "auto" ? { auto: {} } : undefined;
}

function calledTools(messages: readonly WireMessage[]): string[] {
  const uses = messages.flatMap(({ content }) => content).map(({ toolUse }) => (toolUse as Block | undefined)?.name);
  return [...new Set(uses.filter((name) => typeof name === "string"))];
}
