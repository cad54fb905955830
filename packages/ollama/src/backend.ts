import type { AdapterBackend, AdapterRequest, AdapterResult, CallContext } from "@llmux/core/adapter";
import type { ChatRequest, GenerateRequest } from "ollama/browser";
import { readReply } from "./chat-stream.js";
import type { OllamaConnection } from "./client.js";
import { mayBeCut } from "./prompt-length.js";
import type { Reply } from "./reply.js";
import { toChatRequest } from "./to-chat.js";

let whole: typeof import("./from-reply.js") | undefined;

/** The backend that talks to one server. */
export function createOllamaBackend(connection: OllamaConnection): AdapterBackend {
  return {
    async generate(request, context): Promise<AdapterResult> {
      const { answer, response, body } = await send(connection, request, context, false);
      const reply = answer as Reply;
      whole ??= await import("./from-reply.js");
      const result = await whole.fromReply(reply, response, request.model, request.messages);
      await checkLength(connection, request, body, reply, context);
      return result;
    },

    // Handed over as it is: a generator around it would cost as much for each piece as reading it.
    stream(request, context) {
      let body: ChatRequest | GenerateRequest;
      return readReply({
        model: request.model,
        messages: request.messages,
        async open() {
          const sent = await send(connection, request, context, true);
          body = sent.body;
          return sent.response;
        },
        onLast: (reply) => checkLength(connection, request, body, reply, context),
      });
    },

    embed: async (request, context) => (await import("./embed.js")).embed(connection, request, context),
    listModels: async (request, context) => (await import("./list-models.js")).listModels(connection, request, context),
    toError: async (error) => (await import("./errors.js")).connectionFailure(error, connection.baseURL, true),
  };
}

/** Sends a request to the endpoint that it is for. */
async function send(
  connection: OllamaConnection,
  request: AdapterRequest,
  context: CallContext,
  stream: boolean,
): Promise<{ answer: unknown; response: Response; body: ChatRequest | GenerateRequest }> {
  const { model, headers, providerOptions, user } = request;
  if (user !== undefined) context.unsupported("user", "it takes no id of the end user");
  const exchange = { signal: context.abortable ? context.signal : undefined, headers, model };
  // The SDK's overloads want a literal for `stream`.
  if (providerOptions?.ollama?.api === "generate") {
    const body = (await import("./to-generate.js")).toGenerateRequest(request, context);
    const wire = { ...body, stream } as GenerateRequest & { stream: true };
    return { ...(await connection.send<unknown>(exchange, (client) => client.generate(wire))), body };
  }
  const body = await toChatRequest(request, context);
  const wire = { ...body, stream } as ChatRequest & { stream: true };
  return { ...(await connection.send<unknown>(exchange, (client) => client.chat(wire))), body };
}

/** Warns where the server cut the prompt. */
function checkLength(
  connection: OllamaConnection,
  request: AdapterRequest,
  body: ChatRequest | GenerateRequest,
  { prompt_eval_count: count }: Reply,
  context: CallContext,
): Promise<void> | undefined {
  if (!count || request.providerOptions?.ollama?.truncate === false || !mayBeCut(body, count)) return undefined;
  return import("./check-length.js").then((module) => module.checkLength(connection, request, body, count, context));
}
