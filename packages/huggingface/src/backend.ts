import type { AdapterBackend } from "@llmux/core/adapter";
import type { HuggingFaceConnection } from "./client.js";
import { fromChat } from "./from-chat.js";
import { readChatStream } from "./read-stream.js";
import { toChatBody } from "./to-chat.js";

/** The backend that talks to the router's providers, or to one endpoint. */
export function createHuggingFaceBackend(connection: HuggingFaceConnection): AdapterBackend {
  return {
    async generate(request, context) {
      const { model, headers } = request;
      const body = toChatBody(request, context, false);
      return fromChat(await connection.chat(body, false, { model, headers, signal: context.signal }));
    },

    stream: (request, context) =>
      readChatStream(() => {
        const { model, headers } = request;
        return connection.chat(toChatBody(request, context, true), true, { model, headers, signal: context.signal });
      }),

    embed: async (request, context) => (await import("./embed.js")).embed(connection, request, context),
    transcribe: async (request, context) => (await import("./transcribe.js")).transcribe(connection, request, context),
    speak: async (request, context) => (await import("./speak.js")).speak(connection, request, context),
    generateImage: async (request, context) =>
      (await import("./generate-image.js")).generateImage(connection, request, context),
    listModels: async (request, context) => (await import("./list-models.js")).listModels(connection, request, context),
    toError: async (error) => (await import("./errors.js")).toError(error, connection.baseURL),
  };
}
