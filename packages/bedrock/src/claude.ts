import { base64ToBytes } from "@llmux/core/media";
import { fromMessage } from "./claude-message.js";
import { ClaudeStream } from "./claude-stream.js";
import type { Family } from "./invoke.js";
import { type ModelFacts, modelFacts } from "./model-facts.js";
import { nameModel, toConverse } from "./to-converse.js";
import type { Block, WireMessage } from "./to-messages.js";

/**
 * Anthropic's Messages API over InvokeModel, made out of what Converse would be sent.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
export const claude: Family = {
  async toBody(request, context) {
    const { parallelToolCalls, user, ...rest } = request;
    const { body, outputTool } = await toConverse(rest, context);
    const config = (body.inferenceConfig ?? {}) as Block;
    const fields = (body.additionalModelRequestFields ?? {}) as Block;
    const budget = (fields.thinking as { budget_tokens?: number } | undefined)?.budget_tokens ?? 0;
    const wire: Block = {
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: config.maxTokens ?? mostTokens(modelFacts(nameModel(request).base), budget),
      messages: (body.messages as WireMessage[]).map(({ role, content }) => ({ role, content: toBlocks(content) })),
    };
    if (body.system) wire.system = toBlocks(body.system as Block[]);
    for (const [name, to] of SAMPLING) if (config[name] !== undefined) wire[to] = config[name];
    Object.assign(wire, fields, toTools(body.toolConfig as Block | undefined, parallelToolCalls));
    const output = toOutputConfig(body.outputConfig as Block | undefined);
    if (output) wire.output_config = output;
    if (user !== undefined) wire.metadata = { user_id: user };
    return { body: wire, outputTool };
  },
  fromReply: async (reply, { response }, outputTool) => fromMessage(reply, response, outputTool),
  reader: (response, outputTool) => new ClaudeStream(response, outputTool),
};

const SAMPLING = [
  ["temperature", "temperature"],
  ["topP", "top_p"],
  ["stopSequences", "stop_sequences"],
] as const;

/** Most tokens to generate where the caller does not say, which this API insists on. */
function mostTokens({ version }: ModelFacts, budget: number): number {
  return version < 307 ? 4096 : 32_000 + budget;
}

function toTools(config: Block | undefined, parallel: boolean | undefined): Block {
  if (!config) return {};
  const tools: Block[] = [];
  for (const tool of config.tools as Block[]) {
    const spec = tool.toolSpec as (Block & { inputSchema?: Block }) | undefined;
    if (spec) {
      const { inputSchema, ...rest } = spec;
      tools.push({ ...rest, input_schema: inputSchema?.json });
    } else if (tool.cachePoint) addCache(tools, tool.cachePoint as Block);
    else tools.push(tool);
  }
  const { auto, any, tool } = (config.toolChoice ?? {}) as { auto?: object; any?: object; tool?: { name: string } };
  const one = parallel === undefined ? undefined : { disable_parallel_tool_use: !parallel };
  let choice: Block | undefined;
  if (tool) choice = { type: "tool", name: tool.name, ...one };
  else if (any) choice = { type: "any", ...one };
  else if (auto || one) choice = { type: "auto", ...one };
  return { tools, ...(choice && { tool_choice: choice }) };
}

function toOutputConfig(config: Block | undefined): Block | undefined {
  if (!config) return undefined;
  const { effort, textFormat } = config as {
    effort?: string;
    textFormat?: { structure: { jsonSchema: { schema: string } } };
  };
  const format = textFormat && { type: "json_schema", schema: JSON.parse(textFormat.structure.jsonSchema.schema) };
  return { ...(effort && { effort }), ...(format && { format }) };
}

function addCache(blocks: Block[], { ttl }: Block): void {
  const last = blocks.at(-1);
  if (last) last.cache_control = { type: "ephemeral", ...(ttl ? { ttl } : undefined) };
}

/** Blocks of Converse as blocks of the Messages API. What is none of them is Anthropic's own already. */
function toBlocks(content: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  for (const block of content) {
    if (block.cachePoint) addCache(blocks, block.cachePoint as Block);
    else blocks.push(toBlock(block));
  }
  return blocks;
}

function toBlock(block: Block): Block {
  const { text, image, document, toolUse, toolResult, reasoningContent } = block as Record<string, Block | undefined>;
  if (typeof text === "string" && block.type === undefined) return { type: "text", text };
  if (image) {
    const { format, source, ...rest } = image as Block & { source: { bytes?: string } };
    return { type: "image", source: { type: "base64", media_type: `image/${format}`, data: source.bytes }, ...rest };
  }
  if (document) return toDocument(document);
  if (toolUse) return { type: "tool_use", id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input };
  if (toolResult) {
    const { toolUseId, content, status } = toolResult as { toolUseId: string; content: Block[]; status?: string };
    const result: Block = { type: "tool_result", tool_use_id: toolUseId, content: toBlocks(content) };
    return status === "error" ? { ...result, is_error: true } : result;
  }
  if (reasoningContent) {
    const { reasoningText, redactedContent } = reasoningContent as { reasoningText?: Block; redactedContent?: string };
    if (redactedContent !== undefined) return { type: "redacted_thinking", data: redactedContent };
    return { type: "thinking", thinking: reasoningText?.text, signature: reasoningText?.signature };
  }
  return block;
}

function toDocument({ format, name, source, ...rest }: Block): Block {
  const { bytes = "" } = source as { bytes?: string };
  const from =
    format === "pdf"
      ? { type: "base64", media_type: "application/pdf", data: bytes }
      : { type: "text", media_type: "text/plain", data: new TextDecoder().decode(base64ToBytes(bytes)) };
  return { type: "document", source: from, title: name, ...rest };
}
