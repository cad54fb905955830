import type { AdapterBackend, AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { BedrockConfig } from "./config.js";
import { BedrockConnection } from "./connection.js";
import { ConverseStream } from "./converse-stream.js";
import { readStream } from "./read-stream.js";
import { nameModel, toConverse } from "./to-converse.js";

let whole: typeof import("./from-converse.js") | undefined;

export function createBackend(config: BedrockConfig): AdapterBackend {
  const connection = new BedrockConnection(config);
  return {
    async generate(request, context) {
      if (isInvoke(request)) return (await import("./invoke.js")).generate(connection, request, context);
      const { model, body, outputTool } = await toConverse(request, context);
      const { headers } = request;
      // Before the answer comes: an HTTP/2 stream that nobody reads at once is lost.
      whole ??= await import("./from-converse.js");
      const answer = await connection.send({ operation: "Converse", model, body, headers, context });
      return whole.readConverse(answer, outputTool);
    },
    stream: (request, context) => readStream(() => open(connection, request, context)),
    countTokens: async (request, context) =>
      (await import("./count-tokens.js")).countTokens(connection, request, context),
    embed: async (request, context) => (await import("./embed.js")).embed(connection, request, context),
    rerank: async (request, context) => (await import("./rerank.js")).rerank(connection, request, context),
    generateImage: async (request, context) =>
      (await import("./generate-image.js")).generateImage(connection, request, context),
    listModels: async (request, context) => (await import("./list-models.js")).listModels(config, request, context),
    toError: async (error) => (await import("./errors.js")).toError(error, config),
  };
}

async function open(
  connection: BedrockConnection,
  request: AdapterRequest,
  context: CallContext,
): Promise<import("./read-stream.js").OpenedStream> {
  if (isInvoke(request)) return (await import("./invoke.js")).open(connection, request, context);
  const { model, body, outputTool } = await toConverse(request, context);
  const { headers } = request;
  const answer = await connection.send({ operation: "ConverseStream", model, body, headers, context });
  return { answer, reader: new ConverseStream(answer.response, outputTool) };
}

/** Whether the request is for InvokeModel rather than Converse. */
function isInvoke(request: AdapterRequest): boolean {
  return (request.providerOptions?.bedrock?.api ?? nameModel(request).api) === "invoke";
}
