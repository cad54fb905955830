import type { ResponseInfo } from "@llmux/core";
import type {
  AdapterBackend,
  AdapterEvent,
  AdapterRequest,
  CallContext,
  EventStreamDecoder,
  LLMErrorFacts,
} from "@llmux/core/adapter";
import { headersToObject, readEventStream } from "@llmux/core/adapter";
import type OpenAI from "openai";
import { ChatDecoder } from "./chat-stream.js";
import type { WireHost } from "./host.js";
import type { OpenAIApi } from "./options.js";
import type { OtherCall } from "./other-call.js";
import { toChat } from "./to-chat.js";

export interface OpenAIBackendOptions {
  /** The SDK's client for a path such as `/chat/completions`, made when it is first asked for. */
  client: (path: string) => Promise<OpenAI>;
  host: WireHost;
  /** The API that calls go through where neither they nor the model or its tools demand one. Default `chat`. */
  api?: OpenAIApi | undefined;
  /** What the host has of these. Default all. */
  calls?: readonly OtherCall[] | undefined;
  /** A last word on the facts of a failure, for hosts that can say more of it: of which model was asked, and where. */
  explain?:
    | ((facts: LLMErrorFacts, model: string | undefined, baseURL: string) => LLMErrorFacts | Promise<LLMErrorFacts>)
    | undefined;
}

/** The longest timer there is: the SDK's own limit must not end a call before core's. */
const NO_TIMEOUT = 2 ** 31 - 1;

/**
 * Sends one request and gives the answer as it came, to be read here rather than by the SDK. `model` is the one that is asked for.
 * @throws LLMError
 */
export type Send = (
  path: string,
  model: string | undefined,
  ask: (client: OpenAI) => { asResponse(): Promise<Response> },
) => Promise<Response>;

/** What failures mean. Loaded with the first. */
const errors = (): Promise<typeof import("./errors.js")> => import("./errors.js");

/** A backend over any client of the `openai` SDK, for whatever host it speaks to. */
export function createOpenAIBackend(options: OpenAIBackendOptions): AdapterBackend {
  const { client: getClient, host, api = "chat", explain } = options;
  const { calls = ["transcribe", "speak", "generateImage", "moderate"] } = options;
  /** Kept, for the loader takes its time even over a module that it has. */
  let whole: Promise<typeof import("./generate.js")> | undefined;

  const send: Send = async (path, model, ask) => {
    const client = await getClient(path);
    try {
      return await ask(client).asResponse();
    } catch (cause) {
      const told = (facts: LLMErrorFacts) => explain?.(facts, model, client.baseURL) ?? facts;
      throw await (await errors()).errorOfCall(cause, client.baseURL + path, told);
    }
  };

  function apiFor({ model, tools, providerOptions }: AdapterRequest): OpenAIApi {
    const own = providerOptions?.[host.provider] as { api?: OpenAIApi } | undefined;
    if (own?.api) return own.api;
    if (host.responsesModels?.test(model)) return "responses";
    if (host.completionsModels?.test(model)) return "completions";
    // Of the tools that the provider defines, Chat Completions knows only custom ones, and tells them apart by a field of their own.
    return !host.chatTools &&
      tools?.some((tool) => tool.type === "provider" && tool.provider === host.provider && !tool.value.custom)
      ? "responses"
      : api;
  }

  async function* stream(request: AdapterRequest, context: CallContext): AsyncGenerator<AdapterEvent[], void, void> {
    const api = apiFor(request);
    let decoder: EventStreamDecoder;
    let response: Response;
    if (api === "chat") {
      const body = await toChat(request, context, host, true);
      decoder = new ChatDecoder(host, body.audio?.format);
      const options = optionsOf(request, context);
      response = await send("/chat/completions", body.model, (client) =>
        client.chat.completions.create(body as never, options),
      );
    } else {
      const { lateApi } = await import("./late-api.js");
      ({ decoder, response } = await (await lateApi(api)).stream(send, host, request, context));
    }
    // A server that knows no streaming, or an error under a 200, answers with JSON, and a wrong URL with a page: no reason to make
    // it out to be a stream.
    const labelled = /^(application\/json|text\/html)/i.test(response.headers.get("content-type") ?? "");
    const body = labelled ? await (await import("./unlabelled-stream.js")).unlabelledStream(response) : response.body;
    yield [{ type: "start", response: httpFacts(response) }];
    yield* readEventStream(body, decoder, async (reported: object | string) =>
      (await errors()).errorFromObject(reported),
    );
  }

  const backend: AdapterBackend = {
    async generate(request, context) {
      whole ??= import("./generate.js");
      return (await whole).generate(send, host, apiFor(request), request, context);
    },
    stream,
    toError: async (error) => (await errors()).errorFacts(error),
  };
  for (const name of ["embed", "listModels", ...calls] as const)
    backend[name] = async (request: never, context: CallContext): Promise<never> =>
      (await import("./other-calls.js"))[name](send, host, request, context) as never;
  return backend;
}

type CallHeaders = Readonly<Record<string, string>> | undefined;

/** What each request is sent with. */
export function optionsOf(
  request: { headers?: CallHeaders },
  { signal, abortable }: CallContext,
): OpenAI.RequestOptions {
  return { signal: abortable ? signal : undefined, headers: request.headers, maxRetries: 0, timeout: NO_TIMEOUT };
}

/** What an answer says of the HTTP exchange. */
export function httpFacts({ headers }: Response): ResponseInfo {
  const all = headersToObject(headers);
  return { headers: all, requestId: all["x-request-id"] ?? all["apim-request-id"] };
}
