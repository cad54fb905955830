import type { Anthropic, ClientOptions } from "@anthropic-ai/sdk";
import type { CallOptions, ResponseInfo } from "@llmux/core";
import {
  type AdapterBackend,
  type AdapterRequest,
  type CallContext,
  LLMError,
  readEventStream,
  withHeaders,
} from "@llmux/core/adapter";
import type { AnthropicConfig } from "./adapter.js";
import { MessageDecoder } from "./message-stream.js";
import { toParams } from "./to-params.js";

const BASE_URL = "https://api.anthropic.com";

/** The longest that a timer holds: core keeps the time, and the SDK's own limit must not come before it. */
const NO_TIMEOUT = 2 ** 31 - 1;

let reader: typeof import("./from-message.js") | undefined;

/** In what another host of the API differs from Anthropic's own. */
export interface AnthropicHost {
  /** Whether it takes `output_config.format` and strict tools, where the model does. Default true. */
  structuredOutput?: boolean | undefined;
}

export function createBackend(config: AnthropicConfig, host: AnthropicHost = {}): AdapterBackend {
  const given = config.client as (AnthropicClient & { baseURL?: string }) | undefined;
  // The SDK adds `/v1` itself; many write it into the URL.
  const url = given?.baseURL ?? (config.baseURL ?? BASE_URL).replace(/(\/v1)?\/*$/, "");
  let client: Promise<AnthropicClient> | undefined;
  const getClient = (): Promise<AnthropicClient> => {
    client ??= given ? Promise.resolve(given) : makeClient(config, url);
    return client;
  };
  const post = async (
    request: AdapterRequest,
    context: CallContext,
    stream: boolean,
  ): Promise<{ http: Response; response: ResponseInfo; outputTool: string | undefined }> => {
    const { params, headers, outputTool } = await toParams(request, context, host);
    const { messages } = await getClient();
    const http = await messages.create({ ...params, stream }, options(request, context, headers)).asResponse();
    return { http, response: info(http), outputTool };
  };
  return {
    async generate(request, context) {
      const { http, response, outputTool } = await post(request, context, false);
      reader ??= await import("./from-message.js");
      const message = await reader.readMessage(http);
      return {
        ...reader.fromMessage(message, outputTool),
        response: { ...response, id: message.id, model: message.model },
      };
    },
    async *stream(request, context) {
      const { http, response, outputTool } = await post(request, context, true);
      let { body } = http;
      // A server that knows no streaming, or an error under a 200, answers with JSON, and a wrong URL with a page.
      if (/^(application\/json|text\/html)/i.test(http.headers.get("content-type") ?? "")) {
        reader ??= await import("./from-message.js");
        body = new Response(await reader.streamAllTheSame(http)).body;
      }
      const decoder = new MessageDecoder(response, outputTool);
      yield* readEventStream(body, decoder, async (event) => (await import("./errors.js")).errorFromBody(event));
    },
    async listModels(request, context) {
      const { listModels } = await import("./list-models.js");
      return listModels(await getClient(), options(request, context));
    },
    async countTokens(request, context) {
      const { countTokens } = await import("./count-tokens.js");
      const { params, headers } = await toParams(request, context, host);
      return countTokens(await getClient(), params, options(request, context, headers));
    },
    toError: async (error) => (await import("./errors.js")).toError(error, url),
  };
}

/** What is used of the SDK's client: its clients for other clouds have it too, but for the list of models. */
export interface AnthropicClient extends Partial<Pick<Anthropic, "models">> {
  readonly messages: Pick<Anthropic["messages"], "create" | "countTokens">;
}

async function makeClient(config: AnthropicConfig, url: string): Promise<AnthropicClient> {
  const { Anthropic } = await import("./sdk.js");
  const options: ClientOptions = {
    // Two credentials at once are an error; of two from the environment the SDK takes the key as well.
    apiKey: config.apiKey ?? null,
    authToken: config.apiKey === undefined ? (config.authToken ?? null) : null,
    baseURL: url,
    maxRetries: 0,
    timeout: NO_TIMEOUT,
    fetch: config.fetch,
    defaultHeaders: config.headers,
    dangerouslyAllowBrowser: config.dangerouslyAllowBrowser,
  };
  try {
    return new Anthropic(options);
  } catch (cause) {
    // Such as its refusal to run in a browser, which says what to do.
    throw new LLMError({ kind: "invalid-request", message: (cause as Error).message, cause });
  }
}

function options(request: CallOptions, { signal, abortable }: CallContext, headers?: Record<string, string>): object {
  return {
    signal: abortable ? signal : undefined,
    maxRetries: 0,
    timeout: NO_TIMEOUT,
    headers: { ...headers, ...request.headers },
  };
}

function info({ headers }: Response): ResponseInfo {
  const result: ResponseInfo = withHeaders({}, headers);
  const requestId = headers.get("request-id");
  if (requestId) result.requestId = requestId;
  return result;
}
