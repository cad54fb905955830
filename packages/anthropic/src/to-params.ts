import type { MessageCreateParamsBase } from "@anthropic-ai/sdk/resources/messages/messages";
import type { JSONSchema } from "@llmux/core";
import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import { LLMError } from "@llmux/core/adapter";
import { type ModelFacts, modelFacts } from "./model-facts.js";
import type { AnthropicOptions } from "./options.js";
import { type Block, toMessages, withHints } from "./to-messages.js";
import { toThinking } from "./to-thinking.js";

/**
 * Most tokens to generate where the caller does not say, which the API insists on: at the usual speeds a reply of this length
 * comes within the ten minutes after which idle connections are dropped. Less where the model has less.
 */
const DEFAULT_MAX_TOKENS = 32_000;

export interface Params {
  params: MessageCreateParamsBase;
  /** Headers that parameters travel in. */
  headers: Record<string, string>;
  /** Name of the tool whose arguments are the reply, for a model without structured output. */
  outputTool: string | undefined;
}

/** A request as the Messages API takes it. `providerOptions.anthropic` wins over the neutral parameters. */
export async function toParams(request: AdapterRequest, context: CallContext): Promise<Params> {
  const facts = modelFacts(request.model);
  const { betas, output_config, metadata, ...options } = (request.providerOptions?.anthropic ?? {}) as AnthropicOptions;
  const { system, messages } = toMessages(request.messages, context, facts.systemMessages);
  const { thinking, effort } = toThinking(request, facts, context);
  const tools = await toTools(request.tools ?? [], facts, context);
  const body: Record<string, unknown> = { model: request.model, messages };
  const config: Record<string, unknown> = {};
  if (effort) config.effort = effort;

  let outputTool: string | undefined;
  if (request.output) {
    const { schema, name, description } = request.output;
    if (!schema) {
      system.push({ type: "text", text: "Reply with a single JSON value and nothing else: no prose, no code fence." });
      const message = "The Messages API has no JSON mode: the model was told to reply with JSON alone";
      context.warn({ type: "changed", parameter: "output", message });
    } else if (facts.structuredOutput) {
      config.format = { type: "json_schema", schema: await strictSchema(schema, "output.schema") };
    } else {
      outputTool = name;
      tools.push({ name, description: description ?? "Gives the reply.", input_schema: schema });
    }
  }

  if (system.length > 0) body.system = system;
  if (tools.length > 0) body.tools = tools;
  const toolChoice = tools.length > 0 ? toToolChoice(request, outputTool) : undefined;
  if (toolChoice) body.tool_choice = toolChoice;
  if (thinking) body.thinking = thinking;
  if (request.stopSequences && request.stopSequences.length > 0) body.stop_sequences = request.stopSequences;
  if (request.user !== undefined || metadata) {
    body.metadata = { ...(request.user !== undefined && { user_id: request.user }), ...metadata };
  }
  if (output_config || Object.keys(config).length > 0) body.output_config = { ...config, ...output_config };
  Object.assign(body, options);
  addSampling(body, request, facts, context);
  for (const name of ["seed", "frequencyPenalty", "presencePenalty"] as const) {
    if (request[name] !== undefined) context.unsupported(name);
  }
  const budget = (body.thinking as { budget_tokens?: number } | undefined)?.budget_tokens ?? 0;
  body.max_tokens ??= request.maxTokens ?? Math.min(facts.maxOutput, DEFAULT_MAX_TOKENS + budget);
  return {
    // The parts of the body that come from `options` are typed there; the rest is made here.
    params: body as unknown as MessageCreateParamsBase,
    headers: betas && betas.length > 0 ? { "anthropic-beta": betas.join(",") } : {},
    outputTool,
  };
}

function addSampling(
  body: Record<string, unknown>,
  { temperature, topP, topK }: AdapterRequest,
  { sampling }: ModelFacts,
  context: CallContext,
): void {
  const type = (body.thinking as { type?: string } | undefined)?.type;
  const thinks = type === "enabled" || type === "adaptive";
  const take = (name: string, value: number | undefined, wire: string, against: string | undefined): void => {
    if (value === undefined) return;
    if (against) context.unsupported(name, against);
    else body[wire] ??= value;
  };
  const never = sampling === "none" ? "this model takes no sampling parameters" : undefined;
  const withThinking = thinks ? "not while the model thinks" : undefined;
  take("temperature", temperature, "temperature", never ?? (temperature === 1 ? undefined : withThinking));
  const both =
    sampling === "one" && body.temperature !== undefined ? "this model takes it or temperature, not both" : undefined;
  take("topP", topP, "top_p", never ?? (topP !== undefined && topP >= 0.95 ? undefined : withThinking) ?? both);
  take("topK", topK, "top_k", never ?? withThinking);
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
