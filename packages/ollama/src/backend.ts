import type { ModelInfo } from "@llmux/core";
import type { AdapterBackend, AdapterEvent, AdapterRequest, AdapterResult, CallContext, LLMErrorFacts } from "@llmux/core/adapter";
import type { ChatRequest, GenerateRequest, ListResponse, Ollama } from "ollama/browser";
import { readReply } from "./chat-stream.js";
import type { OllamaConnection } from "./client.js";
import { embed } from "./embed.js";
import { connectionFailure, malformed } from "./errors.js";
import { fromReply } from "./from-chat.js";
import type { Reply } from "./reply.js";
import { toChatRequest } from "./to-chat.js";
import { toGenerateRequest } from "./to-generate.js";
import { ToolCallIds } from "./tool-call-ids.js";
import { cutWarning, estimateTokens, mostTokens, wasCut } from "./truncation.js";

/** The backend that talks to one server. */
export function createOllamaBackend(connection: OllamaConnection): AdapterBackend {
  return {
    async generate(request, context): Promise<AdapterResult> {
      const { body, send } = prepare(request, context);
      const { model, headers } = request;
      const exchange = { signal: context.signal, headers, model };
      const { answer, response } = await connection.send(exchange, (client) => send(client, false));
      const reply = answer as Reply;
      const result = fromReply(reply, response, model, new ToolCallIds(request.messages));
      await checkLength(connection, request, body, reply, context);
      return result;
    },

    // Handed over as it is: a generator around it would cost as much for each piece as reading it.
    stream(request, context): AsyncIterable<AdapterEvent[]> {
      const { body, send } = prepare(request, context);
      const { model, headers } = request;
      const exchange = { signal: context.signal, headers, model };
      return readReply({
        model,
        ids: new ToolCallIds(request.messages),
        open: async () => (await connection.send(exchange, (client) => send(client, true))).response,
        onLast: (reply) => checkLength(connection, request, body, reply, context),
      });
    },

    embed: (request, context) => embed(connection, request, context),

    async listModels({ headers }, { signal }): Promise<ModelInfo[]> {
      const { answer } = await connection.send({ signal, headers, model: "" }, (client) => client.list());
      const { models } = (answer ?? {}) as Partial<ListResponse>;
      if (!Array.isArray(models)) throw malformed("The server's answer is no list of models", JSON.stringify(answer));
      return models.map(toModelInfo);
    },

    toError: (error): LLMErrorFacts | undefined => connectionFailure(error, connection.baseURL, true),
  };
}

interface Prepared {
  body: ChatRequest | GenerateRequest;
  send(client: Ollama, stream: boolean): Promise<unknown>;
}

function prepare(request: AdapterRequest, context: CallContext): Prepared {
  // The SDK's overloads want a literal for `stream`.
  if (request.providerOptions?.ollama?.api === "generate") {
    const body = toGenerateRequest(request, context);
    return {
      body,
      send: (client, stream) => client.generate({ ...body, stream } as GenerateRequest & { stream: true }),
    };
  }
  const body = toChatRequest(request, context);
  return { body, send: (client, stream) => client.chat({ ...body, stream } as ChatRequest & { stream: true }) };
}

/** Warns where the server cut the prompt. Costs nothing for prompts that can't have been too long. */
function checkLength(
  connection: OllamaConnection,
  { model, headers, providerOptions }: AdapterRequest,
  body: ChatRequest | GenerateRequest,
  { prompt_eval_count: count }: Reply,
  context: CallContext,
): Promise<void> | undefined {
  if (!count || providerOptions?.ollama?.truncate === false) return undefined;
  const limit = typeof body.options?.num_ctx === "number" ? body.options.num_ctx : undefined;
  if (mostTokens(body) < (limit ?? 2048) && !(limit !== undefined && count >= limit - 1)) return undefined;
  const estimate = estimateTokens(body);
  if (!wasCut(count, limit, estimate)) return undefined;
  if (limit !== undefined) {
    context.warn(cutWarning(count, limit, estimate));
    return undefined;
  }
  return loadedContext(connection, model, headers, context).then((loaded) => {
    if (wasCut(count, loaded, estimate)) context.warn(cutWarning(count, loaded, estimate));
  });
}

/** The context's length that the server loaded a model with, by `/api/ps`; `undefined` where it does not say. */
async function loadedContext(
  connection: OllamaConnection,
  model: string,
  headers: AdapterRequest["headers"],
  { signal }: CallContext,
): Promise<number | undefined> {
  try {
    const { answer } = await connection.send({ signal, headers, model }, (client) => client.ps());
    const full = model.includes(":") ? model : `${model}:latest`;
    const loaded = answer.models.find(({ name, model: id }) => name === full || id === full);
    // Newer servers say it (`ProcessModelResponse`), the SDK's types don't.
    const { context_length } = (loaded ?? {}) as { context_length?: number };
    return context_length || undefined;
  } catch {
    // It only makes a warning more certain; the reply is there already.
    return undefined;
  }
}

function toModelInfo(model: ListResponse["models"][number]): ModelInfo {
  const modified = new Date(model.modified_at);
  // Newer servers say it (`ModelDetails`), the SDK's types don't.
  const { context_length } = (model.details ?? {}) as { context_length?: number };
  return {
    id: model.name,
    name: model.name,
    // As Ollama's own OpenAI-compatible list has it: of a local model only the last change is known.
    createdAt: Number.isNaN(modified.getTime()) ? undefined : modified,
    contextWindow: context_length || undefined,
    raw: model,
  };
}
