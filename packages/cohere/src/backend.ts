import type { AdapterBackend } from "@llmux/core/adapter";
import type { CohereConnection } from "./client.js";
import { fromChat } from "./from-chat.js";
import { readChatStream } from "./read-stream.js";
import { toChatBody } from "./to-chat.js";

/** The backend that talks to Cohere, or to a deployment of its models. */
export function createCohereBackend(connection: CohereConnection): AdapterBackend {
  return {
    async generate(request, context) {
      const body = toChatBody(request, context, false);
      const { signal } = context;
      return fromChat(await connection.send({ path: "v2/chat", body, signal, headers: request.headers }));
    },

    stream: (request, context) =>
      readChatStream(() => {
        const body = toChatBody(request, context, true);
        return connection.send({ path: "v2/chat", body, signal: context.signal, headers: request.headers });
      }),

    embed: async (request, context) => (await import("./embed.js")).embed(connection, request, context),
    rerank: async (request, context) => (await import("./rerank.js")).rerank(connection, request, context),
    transcribe: async (request, context) => (await import("./transcribe.js")).transcribe(connection, request, context),
    listModels: async (request, context) => (await import("./list-models.js")).listModels(connection, request, context),
    toError: async (error) => (await import("./errors.js")).toError(error, connection.baseURL),
  };
}
