import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import type { ModelFacts } from "./model-facts.js";
import { strictSchema } from "./strict-schema.js";
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
      schema: JSON.stringify(strictSchema(schema)),
      name,
      ...(description !== undefined && { description }),
    };
    outputConfig.textFormat = { type: "json_schema", structure: { jsonSchema } };
    return undefined;
  }
  if (schema && facts.outputTool) {
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
    const wire = toolSpec(name, description, strict ? strictSchema(inputSchema) : inputSchema, strict);
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
  const { toolChoice } = request;
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
  const toolConfig: Block = { tools };
  const choice = toToolChoice(request, outputTool, tools.length, facts);
  const refusal = choice && !("auto" in choice) ? refusalOf(choice, body, facts) : undefined;
  if (choice && !refusal) toolConfig.toolChoice = choice;
  else if (refusal && outputTool === undefined) context.unsupported("toolChoice", refusal);
  else if (refusal) {
    const message = `The model was given a tool for its reply, which it can't be told to use: ${refusal}`;
    context.warn({ type: "changed", parameter: "output", message });
  }
  if (request.parallelToolCalls === false) addSingle(body, toolConfig, facts, context);
  body.toolConfig = toolConfig;
}

function toToolChoice(
  { toolChoice, tools }: AdapterRequest,
  outputTool: string | undefined,
  count: number,
  facts: ModelFacts,
): Block | undefined {
  const named = outputTool !== undefined && (toolChoice === "none" || !tools?.length) ? outputTool : undefined;
  const name = named ?? (typeof toolChoice === "object" ? toolChoice.tool : undefined);
  // Where it is the only one, any comes to the same.
  if (name !== undefined) return facts.family === "mistral" && count === 1 ? { any: {} } : { tool: { name } };
  // The model ends either by asking for a tool or by giving the reply, which is a tool too.
  if (toolChoice === "required" || outputTool !== undefined) return { any: {} };
  return toolChoice === "auto" ? { auto: {} } : undefined;
}

/** Why a model can't be told to use a tool. */
function refusalOf(choice: Block, body: Record<string, unknown>, facts: ModelFacts): string | undefined {
  const { thinking } = (body.additionalModelRequestFields ?? {}) as { thinking?: { type?: string } };
  if (thinking && thinking.type !== "disabled") return "not while the model thinks";
  if (!facts.forcedTools) return "this model takes auto only";
  return facts.family === "mistral" && "tool" in choice ? "this model can't be told which" : undefined;
}

/** Asks for one tool at a time: Converse has no word for it, but hands through Claude's own. */
function addSingle(body: Record<string, unknown>, toolConfig: Block, facts: ModelFacts, context: CallContext): void {
  const choice = toolConfig.toolChoice as Block | undefined;
  if (facts.version < 405 || (choice && !("auto" in choice))) {
    context.unsupported("parallelToolCalls", "Converse can't ask this of this model, or together with a forced tool");
    return;
  }
  // Said twice, it would be refused.
  delete toolConfig.toolChoice;
  const fields = body.additionalModelRequestFields as object | undefined;
  body.additionalModelRequestFields = { ...fields, tool_choice: { type: "auto", disable_parallel_tool_use: true } };
}

function calledTools(messages: readonly WireMessage[]): string[] {
  const uses = messages.flatMap(({ content }) => content).map(({ toolUse }) => (toolUse as Block | undefined)?.name);
  return [...new Set(uses.filter((name) => typeof name === "string"))];
}
