import type { ResponseInfo } from "@llmux/core";
import { type AdapterRequest, type AdapterResult, type CallContext, LLMError } from "@llmux/core/adapter";
import { ChunkReader, type ChunkTarget } from "./chunk-reader.js";
import type { Answer, BedrockConnection } from "./connection.js";
import { bodyOptions, headerOptions, invokeModel } from "./invoke-model.js";
import { modelFacts } from "./model-facts.js";
import type { OpenedStream } from "./read-stream.js";
import { nameModel } from "./to-converse.js";
import type { Block } from "./to-messages.js";

/** How the models of one family are spoken to over InvokeModel: each in a file of its own. */
export interface Family {
  toBody(request: AdapterRequest, context: CallContext): Promise<{ body: Block; outputTool?: string | undefined }>;
  fromReply(reply: Block, answer: Answer, outputTool: string | undefined): Promise<AdapterResult>;
  reader(response: ResponseInfo, outputTool: string | undefined): ChunkTarget;
}

async function familyOf(request: AdapterRequest): Promise<Family> {
  const { base } = nameModel(request);
  const { family, version } = modelFacts(base);
  if (family === "nova") return (await import("./nova.js")).nova;
  if (family === "claude" && version < 300) return (await import("./claude-text.js")).claudeText;
  if (family === "claude") return (await import("./claude.js")).claude;
  throw new LLMError({
    kind: "unsupported",
    parameter: "providerOptions.bedrock.api",
    message: `InvokeModel is known for Claude and Nova only, not for ${base}: use Converse, or name the model behind an ARN as baseModel`,
  });
}

export async function generate(
  connection: BedrockConnection,
  request: AdapterRequest,
  context: CallContext,
): Promise<AdapterResult> {
  const { family, model, body, outputTool, options } = await prepare(request, context);
  const { answer, reply } = await invokeModel(connection, { model, body, options, headers: request.headers, context });
  return family.fromReply(reply, answer, outputTool);
}

export async function open(
  connection: BedrockConnection,
  request: AdapterRequest,
  context: CallContext,
): Promise<OpenedStream> {
  const { family, model, body, outputTool, options } = await prepare(request, context);
  const exchange = { operation: "InvokeModelWithResponseStream", model, body, context } as const;
  const answer = await connection.send({ ...exchange, headers: request.headers, input: headerOptions(options) });
  return { answer, reader: new ChunkReader(family.reader(answer.response, outputTool)) };
}

async function prepare(request: AdapterRequest, context: CallContext) {
  const family = await familyOf(request);
  const options = request.providerOptions?.bedrock;
  // The options are the body's own, and go in after it was made.
  const { bedrock: _, ...others } = request.providerOptions ?? {};
  const baseModel = nameModel(request).base;
  const neutral = { ...request, providerOptions: { ...others, bedrock: { baseModel } } };
  const { body, outputTool } = await family.toBody(neutral, context);
  for (const [name, value] of Object.entries(bodyOptions(options))) {
    const both = MERGED.includes(name) && typeof value === "object" && value !== null;
    body[name] = both ? { ...(body[name] as object | undefined), ...value } : value;
  }
  return { family, options, model: nameModel(request), body, outputTool };
}

const MERGED = ["inferenceConfig", "toolConfig", "output_config", "metadata"];
