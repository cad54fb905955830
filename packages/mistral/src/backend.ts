import type { ProviderOptions } from "@llmux/core";
import type { AdapterBackend, AdapterEvent, AdapterRequest, AdapterResult, CallContext } from "@llmux/core/adapter";
import { readEventStream } from "@llmux/core/adapter";
import { ChatDecoder } from "./chat-decoder.js";
import type { MistralConnection } from "./connection.js";
import type { Echo } from "./echo.js";
import { httpFacts } from "./facts.js";
import { isFim, toChat } from "./to-chat.js";

export interface BackendOptions {
  /** The id of the adapter, whose `providerOptions` count beside those of `mistral`. */
  id: string;
  /** What calls go to that don't say. */
  api: "chat" | "fim";
}

/** The backend that talks to one server. */
export function createMistralBackend(connection: MistralConnection, options?: BackendOptions): AdapterBackend {
  const backend = backendOf(connection);
  if (!options) return backend;
  const { id, api } = options;
  const withOptions = <R extends { providerOptions?: ProviderOptions | undefined }>(request: R): R => {
    const { [id]: own, mistral, ...rest } = request.providerOptions ?? {};
    return { ...request, providerOptions: { ...rest, mistral: { api, ...mistral, ...own } } };
  };
  return {
    generate: (request, context) => backend.generate(withOptions(request), context),
    stream: (request, context) => backend.stream(withOptions(request), context),
    listModels: backend.listModels,
    toError: backend.toError,
  };
}

function backendOf(connection: MistralConnection): AdapterBackend {
  return {
    async generate(request, context): Promise<AdapterResult> {
      const { response, echo } = await complete(connection, request, context, false);
      return (await import("./from-whole.js")).fromWhole(response, context, echo);
    },

    async *stream(request, context): AsyncGenerator<readonly AdapterEvent[], void, void> {
      const { response, echo } = await complete(connection, request, context, true);
      // A server that knows no streaming, and an error under a 200, answer with JSON.
      if (response.headers.get("content-type")?.startsWith("application/json")) {
        yield* (await import("./from-whole.js")).streamWhole(response, context, echo);
        return;
      }
      yield [{ type: "start", response: httpFacts(response, context) }];
      yield* readEventStream(response.body, new ChatDecoder(echo), async (reported) =>
        (await import("./errors.js")).errorFromObject(reported),
      );
    },

    embed: async (request, context) => (await import("./embed.js")).embed(connection, request, context),
    listModels: async (request, context) => (await import("./list-models.js")).listModels(connection, request, context),
    moderate: async (request, context) => (await import("./moderate.js")).moderate(connection, request, context),
    transcribe: async (request, context) => (await import("./transcribe.js")).transcribe(connection, request, context),
    speak: async (request, context) => (await import("./speak.js")).speak(connection, request, context),
    toError: async (error) => (await import("./errors.js")).connectionFailure(error, connection.baseURL),
  };
}

async function complete(
  connection: MistralConnection,
  request: AdapterRequest,
  context: CallContext,
  stream: boolean,
): Promise<{ response: Response; echo?: Echo | undefined }> {
  const exchange = {
    signal: context.signal,
    headers: request.headers,
    ...(stream && { accept: "text/event-stream" }),
  };
  if (isFim(request.providerOptions?.mistral ?? {})) {
    const body = { ...(await import("./to-fim.js")).toFim(request, context), stream };
    const operation = stream ? "stream_fim" : "fim_completion_v1_fim_completions_post";
    return { response: await connection.send({ ...exchange, path: "v1/fim/completions", operation, body }) };
  }
  const body = { ...(await toChat(request, context)), stream };
  const operation = stream ? "stream_chat" : "chat_completion_v1_chat_completions_post";
  const response = await connection.send({ ...exchange, path: "v1/chat/completions", operation, body });
  const last = body.messages.at(-1) as { prefix?: boolean; content?: unknown } | undefined;
  if (last?.prefix !== true || typeof last.content !== "string") return { response };
  return { response, echo: new (await import("./echo.js")).Echo(last.content) };
}
