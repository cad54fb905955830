import type { ModelInfo, ResponseInfo } from "@llmux/core";
import type {
  AdapterBackend,
  AdapterEmbedRequest,
  AdapterEmbedResult,
  AdapterEvent,
  AdapterRequest,
  AdapterResult,
  CallContext,
  LLMErrorFacts,
} from "@llmux/core/adapter";
import { headersToObject, isLLMError, LLMError } from "@llmux/core/adapter";
import type OpenAI from "openai";
import { ChatDecoder } from "./chat-stream.js";
import { fromEmbeddings, toBatches, toEmbeddings, type WireEmbeddings } from "./embeddings.js";
import { errorFacts, malformed } from "./errors.js";
import { fromChat, type WireCompletion } from "./from-chat.js";
import type { WireHost } from "./host.js";
import type { OpenAIApi } from "./options.js";
import { readStream } from "./read-stream.js";
import type { StreamDecoder } from "./stream-decoder.js";
import { toChat } from "./to-chat.js";

export interface OpenAIBackendOptions {
  /** The SDK's client for a path such as `/chat/completions`, made when it is first asked for. */
  client: (path: string) => Promise<OpenAI>;
  host: WireHost;
  /** The API that calls go through where neither they nor the model or its tools demand one. Default `chat`. */
  api?: OpenAIApi | undefined;
  /** A last word on the facts of a failure, for hosts that can say more of it. `model` is the one that was asked for. */
  explain?: ((facts: LLMErrorFacts, model: string | undefined) => LLMErrorFacts) | undefined;
}

/** The longest timer there is: the SDK's own limit must not end a call before core's. */
const NO_TIMEOUT = 2 ** 31 - 1;

/** What of an API promise is used: the answer as it came, read here rather than by the SDK. */
interface RawPromise {
  asResponse(): Promise<Response>;
}

/** A backend over any client of the `openai` SDK, for whatever host it speaks to. */
export function createOpenAIBackend(options: OpenAIBackendOptions): AdapterBackend {
  const { client: getClient, host, api = "chat", explain } = options;

  /** Sends one request. */
  async function send(path: string, model: string | undefined, ask: (client: OpenAI) => RawPromise): Promise<Response> {
    const client = await getClient(path);
    try {
      return await ask(client).asResponse();
    } catch (cause) {
      // What a token provider threw comes wrapped by the SDK.
      if (isLLMError((cause as Error | undefined)?.cause)) throw (cause as Error).cause;
      const facts = errorFacts(cause, client.baseURL + path);
      throw facts ? new LLMError({ ...(explain ? explain(facts, model) : facts), cause }) : cause;
    }
  }

  function apiFor({ model, tools, providerOptions }: AdapterRequest): OpenAIApi {
    const own = (providerOptions?.[host.provider] as { api?: OpenAIApi } | undefined)?.api;
    if (own) return own;
    if (host.responsesModels?.test(model)) return "responses";
    // Of the tools that the provider defines, Chat Completions knows only custom ones, and tells them apart by a field of their own.
    return tools?.some((tool) => tool.type === "provider" && tool.provider === host.provider && !tool.value.custom)
      ? "responses"
      : api;
  }

  async function generate(request: AdapterRequest, context: CallContext): Promise<AdapterResult> {
    const options = optionsOf(request, context);
    let result: AdapterResult;
    let response: Response;
    if (apiFor(request) === "responses") {
      const { toResponses, fromResponses } = await import("./responses.js");
      const body = { ...toResponses(request, context, host), stream: false as const };
      response = await send("/responses", body.model, (client) => client.responses.create(body, options));
      result = fromResponses(await readJSON(response), host);
    } else {
      const body = toChat(request, context, host);
      response = await send("/chat/completions", body.model, (client) => client.chat.completions.create(body, options));
      result = fromChat(await readJSON<WireCompletion>(response), host, body.audio?.format);
    }
    Object.assign(result.response, httpFacts(response));
    return result;
  }

  async function* stream(request: AdapterRequest, context: CallContext): AsyncGenerator<AdapterEvent[], void, void> {
    const options = optionsOf(request, context);
    let decoder: StreamDecoder;
    let response: Response;
    if (apiFor(request) === "responses") {
      const { toResponses, ResponsesDecoder } = await import("./responses.js");
      const body = { ...toResponses(request, context, host), stream: true as const };
      decoder = new ResponsesDecoder(host);
      response = await send("/responses", body.model, (client) => client.responses.create(body, options));
    } else {
      const chat = toChat(request, context, host);
      // Azure refuses the two together (Azure/azure-sdk-for-js#30751).
      const usage = host.streamUsage !== false && chat.stream_options !== null && !("data_sources" in chat);
      const stream_options = usage ? { include_usage: true, ...chat.stream_options } : undefined;
      const body = { ...chat, stream: true as const, stream_options };
      decoder = new ChatDecoder(host, chat.audio?.format);
      response = await send("/chat/completions", body.model, (client) =>
        client.chat.completions.create(body as never, options),
      );
    }
    // A server that knows no streaming, or an error under a 200, answers with JSON: no reason to make it out to be a stream.
    if (/^application\/json/i.test(response.headers.get("content-type") ?? "")) throw await notAStream(response);
    yield [{ type: "start", response: httpFacts(response) }];
    yield* readStream(response.body, decoder);
  }

  async function embed(request: AdapterEmbedRequest, context: CallContext): Promise<AdapterEmbedResult> {
    const options = optionsOf(request, context);
    const embeddings: Float32Array[] = [];
    const raw: WireEmbeddings["usage"][] = [];
    let facts: ResponseInfo = {};
    for (const values of toBatches(request.values, host.embedBatch)) {
      const body = toEmbeddings(request, values, host);
      const response = await send("/embeddings", body.model as string, (client) =>
        client.embeddings.create(body, options),
      );
      const answer = await readJSON<WireEmbeddings>(response);
      for (const vector of fromEmbeddings(answer, values.length)) embeddings.push(vector);
      raw.push(answer.usage);
      facts = { model: answer.model, ...httpFacts(response) };
    }
    const counts = raw.map((usage) => usage?.prompt_tokens);
    const total = counts.every((count) => typeof count === "number")
      ? counts.reduce((sum, count) => sum + count, 0)
      : undefined;
    return { embeddings, usage: { inputTokens: { total }, raw: raw.length > 1 ? raw : raw[0] }, response: facts };
  }

  async function listModels(request: { headers?: CallHeaders }, context: CallContext): Promise<ModelInfo[]> {
    const models: ModelInfo[] = [];
    for (let after: string | undefined; ; ) {
      const options = { ...optionsOf(request, context), ...(after !== undefined && { query: { after } }) };
      const page = await readJSON<WireModels>(
        await send("/models", undefined, (client) => client.models.list(options)),
      );
      if (!Array.isArray(page?.data)) throw malformed("The provider's answer is not a list of models", page);
      models.push(...page.data.map(toModelInfo));
      const last = page.data[page.data.length - 1]?.id;
      if (!page.has_more || last === undefined || last === after) return models;
      after = last;
    }
  }

  return { generate, stream, embed, listModels, toError: (error) => errorFacts(error) };
}

type CallHeaders = Readonly<Record<string, string>> | undefined;

function optionsOf(request: { headers?: CallHeaders }, { signal }: CallContext): OpenAI.RequestOptions {
  return { signal, headers: request.headers, maxRetries: 0, timeout: NO_TIMEOUT };
}

function httpFacts({ headers }: Response): ResponseInfo {
  const all = headersToObject(headers);
  return { headers: all, requestId: all["x-request-id"] ?? all["apim-request-id"] };
}

/** @throws LLMError `malformed-response` for a body that is not JSON: most often a proxy's page, or a wrong URL */
async function readJSON<T>(response: Response): Promise<T> {
  const text = await response.text();
  try {
    return JSON.parse(text) as T;
  } catch {
    throw malformed(`${response.url || "The provider"} answered with something that is not JSON`, text);
  }
}

async function notAStream(response: Response): Promise<Error> {
  const body = await readJSON<WireCompletion>(response);
  // Throws where the body is an error.
  fromChat(body, { provider: "" });
  return malformed("The provider answered with a whole response where a stream was asked for", body);
}

interface WireModels {
  data?: WireModel[];
  has_more?: boolean;
}

interface WireModel {
  id: string;
  created?: number;
  owned_by?: string;
  /** The window's name differs from host to host. */
  context_window?: number;
  context_length?: number;
  max_model_len?: number;
}

function toModelInfo(raw: WireModel): ModelInfo {
  return {
    id: raw.id,
    createdAt: raw.created ? new Date(raw.created * 1000) : undefined,
    ownedBy: raw.owned_by,
    contextWindow: raw.context_window ?? raw.context_length ?? raw.max_model_len,
    raw,
  };
}
