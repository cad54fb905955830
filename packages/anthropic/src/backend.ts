import type { Anthropic, ClientOptions } from "@anthropic-ai/sdk";
import type { CallOptions, ModelInfo, ResponseInfo } from "@llmux/core";
import { type AdapterBackend, type CallContext, headersToObject, LLMError } from "@llmux/core/adapter";
import type { AnthropicConfig } from "./adapter.js";
import { errorFromBody, toError } from "./errors.js";
import { fromMessage, type WireMessage } from "./from-message.js";
import { readMessageStream } from "./message-stream.js";
import { toParams } from "./to-params.js";

const BASE_URL = "https://api.anthropic.com";

/** The longest that a timer holds: core keeps the time, and the SDK's own limit must not come before it. */
const NO_TIMEOUT = 2 ** 31 - 1;

/** Parameters of `/v1/messages` that `/v1/messages/count_tokens` takes too. */
const COUNTED = [
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "cache_control",
  "context_management",
  "mcp_servers",
  "speed",
  "user_profile_id",
  "workspace_id",
] as const;

export function createBackend(config: AnthropicConfig): AdapterBackend {
  const url = (config.client as { baseURL?: string } | undefined)?.baseURL ?? baseURL(config);
  let client: Promise<AnthropicClient> | undefined;
  const getClient = (): Promise<AnthropicClient> => {
    client ??= config.client ? Promise.resolve(config.client) : makeClient(config);
    return client;
  };
  return {
    async generate(request, context) {
      const { params, headers, outputTool } = await toParams(request, context);
      const { messages } = await getClient();
      const response = await messages
        .create({ ...params, stream: false }, options(request, context, headers))
        .asResponse();
      const message = await readMessage(response);
      return {
        ...fromMessage(message, outputTool),
        response: { ...info(response), id: message.id, model: message.model },
      };
    },
    stream: (request, context) =>
      readMessageStream(async () => {
        const { params, headers, outputTool } = await toParams(request, context);
        const { messages } = await getClient();
        const response = await messages
          .create({ ...params, stream: true }, options(request, context, headers))
          .asResponse();
        return { body: response.body ?? [], response: info(response), outputTool };
      }),
    async listModels(request, context) {
      const { models } = await getClient();
      if (!models) throw new LLMError({ kind: "unsupported", message: "The given client lists no models" });
      const result: ModelInfo[] = [];
      for await (const model of models.list({ limit: 1000 }, options(request, context))) {
        const createdAt = new Date(model.created_at);
        result.push({
          id: model.id,
          name: model.display_name,
          // An unknown date comes as the epoch.
          createdAt: createdAt.getTime() > 0 ? createdAt : undefined,
          ownedBy: "anthropic",
          contextWindow: model.max_input_tokens ?? undefined,
          maxOutputTokens: model.max_tokens ?? undefined,
          raw: model,
        });
      }
      return result;
    },
    async countTokens(request, context) {
      const { params, headers } = await toParams(request, context);
      const { messages } = await getClient();
      const counted = Object.fromEntries(
        COUNTED.flatMap((name) => (name in params ? [[name, params[name as never]]] : [])),
      );
      // The parameters are those of the request itself, checked there.
      const { input_tokens } = await messages.countTokens(counted as never, options(request, context, headers));
      return { inputTokens: input_tokens };
    },
    toError: (error) => toError(error, url),
  };
}

/** What is used of the SDK's client: its clients for other clouds have it too, but for the list of models. */
export type AnthropicClient = Pick<Anthropic, "messages"> & Partial<Pick<Anthropic, "models">>;

async function makeClient(config: AnthropicConfig): Promise<AnthropicClient> {
  const { Anthropic } = await import("@anthropic-ai/sdk");
  const options: ClientOptions = {
    // Two credentials at once are an error; of two from the environment the SDK takes the key as well.
    apiKey: config.apiKey ?? null,
    authToken: config.apiKey === undefined ? (config.authToken ?? null) : null,
    baseURL: baseURL(config),
    maxRetries: 0,
    timeout: NO_TIMEOUT,
    ...(config.fetch && { fetch: config.fetch }),
    ...(config.headers && { defaultHeaders: config.headers }),
    ...(config.dangerouslyAllowBrowser !== undefined && { dangerouslyAllowBrowser: config.dangerouslyAllowBrowser }),
  };
  try {
    return new Anthropic(options);
  } catch (cause) {
    // Such as its refusal to run in a browser, which says what to do.
    throw new LLMError({ kind: "invalid-request", message: (cause as Error).message, cause });
  }
}

/** The SDK adds `/v1` itself; many write it into the URL. */
function baseURL(config: AnthropicConfig): string {
  return (config.baseURL ?? BASE_URL).replace(/\/+$/, "").replace(/\/v1$/, "");
}

function options(request: CallOptions, { signal }: CallContext, headers?: Record<string, string>): object {
  return { signal, maxRetries: 0, timeout: NO_TIMEOUT, headers: { ...headers, ...request.headers } };
}

function info({ headers }: Response): ResponseInfo {
  const result: ResponseInfo = { headers: headersToObject(headers) };
  const requestId = headers.get("request-id");
  if (requestId) result.requestId = requestId;
  return result;
}

async function readMessage(response: Response): Promise<WireMessage> {
  const text = await response.text();
  let message: WireMessage | undefined;
  try {
    message = JSON.parse(text) as WireMessage;
  } catch (cause) {
    throw new LLMError({
      kind: "malformed-response",
      message: "The reply is not JSON",
      status: response.status,
      text,
      cause,
    });
  }
  if (message?.type === "error") throw errorFromBody(message, response.headers);
  if (Array.isArray(message?.content) && message.content.every((block) => typeof block?.type === "string"))
    return message;
  throw new LLMError({ kind: "malformed-response", message: "The reply is no message", status: response.status, text });
}
