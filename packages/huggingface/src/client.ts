import type { InferenceClient, InferenceTask, Options } from "@huggingface/inference";
import { readModelName } from "./model-name.js";
import type { ChatBody } from "./to-chat.js";

const ROUTER = "https://router.huggingface.co/v1";
const HUB_MODELS = "https://huggingface.co/api/models/";

/** How Hugging Face is reached. */
export interface ClientConfig {
  /** A token of Hugging Face (`hf_…`), or with a model that names its provider, that provider's own key. */
  apiKey?: string | undefined;
  /** A dedicated Inference Endpoint, TGI, TEI or any server with their API, with or without `/v1`. Default the router's providers. */
  baseURL?: string | undefined;
  /** The organisation that pays (`X-HF-Bill-To`). */
  billTo?: string | undefined;
  /** Headers of every request to a model; not of those to the Hub. */
  headers?: Readonly<Record<string, string>> | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** A ready client of `@huggingface/inference`; the fields above, `headers` apart, are then its own business. */
  client?: InferenceClient | undefined;
}

/** One call. */
export interface Exchange {
  model: string;
  signal: AbortSignal;
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Where a task's request goes, in the SDK's terms. */
export interface Target {
  model: string;
  provider?: "auto";
  endpointUrl?: string;
}

/** What the SDK's client keeps; private in its types. */
interface Inside {
  accessToken?: string;
  defaultOptions?: Options & { endpointUrl?: string };
}

/** Stands for the response that the SDK asked for and is not to read. */
const TAKEN: unique symbol = Symbol("taken");

/** The SDK's client, made on the first call. */
export class HuggingFaceConnection {
  readonly #config: ClientConfig;
  readonly #apiKey: string | undefined;
  readonly #fetch: typeof globalThis.fetch | undefined;
  readonly baseURL: string | undefined;
  #client: Promise<InferenceClient> | undefined;

  constructor(config: ClientConfig) {
    const inside = config.client as unknown as Inside | undefined;
    this.#config = config;
    this.#apiKey = (inside ? inside.accessToken : config.apiKey) || undefined;
    this.#fetch = inside ? inside.defaultOptions?.fetch : config.fetch;
    const baseURL = (inside ? inside.defaultOptions?.endpointUrl : config.baseURL)?.replace(/\/+$/, "");
    // The router is where requests go without one, and for tasks other than chat it is not an endpoint.
    this.baseURL = baseURL === ROUTER || `${baseURL}/v1` === ROUTER ? undefined : baseURL;
  }

  /**
   * Sends a chat completion through the SDK, which finds the way there, and gives back the response as it came: the SDK's stream ends
   * without a word where it is cut, and its check of an answer refuses what some providers leave out.
   *
   * @throws LLMError for a failed answer
   */
  async chat(body: ChatBody, stream: boolean, exchange: Exchange): Promise<Response> {
    const client = await this.#open();
    const seen: { response?: Response } = {};
    const options = this.#options(exchange, seen, true);
    const args = { ...body, ...this.#chatTarget(exchange.model) } as unknown as Parameters<
      typeof client.chatCompletion
    >[0];
    try {
      if (stream) await client.chatCompletionStream(args, options).next();
      else await client.chatCompletion(args, options);
    } catch (error) {
      if (error !== TAKEN) throw error;
    }
    return seen.response as Response;
  }

  /**
   * Runs another task of the SDK's, and gives its answer with the last HTTP response.
   * @throws LLMError for a failed answer
   */
  async task<T>(
    exchange: Exchange,
    task: InferenceTask,
    run: (client: InferenceClient, target: Target, options: Options) => Promise<T>,
  ): Promise<{ answer: T; response: Response | undefined }> {
    const client = await this.#open();
    const seen: { response?: Response } = {};
    const options = this.#options(exchange, seen, false);
    const target = await this.#taskTarget(exchange.model, task, options.fetch as typeof globalThis.fetch);
    const answer = await run(client, target, options);
    return { answer, response: seen.response };
  }

  /** A list of models, which the SDK has no call for: the router's, or the endpoint's. */
  async models({ signal, headers }: Omit<Exchange, "model">): Promise<Response> {
    const base = this.baseURL === undefined ? ROUTER : withVersion(this.baseURL);
    const own = this.#options({ model: "", signal, headers }, {}, false).fetch as typeof globalThis.fetch;
    return own(`${base}/models`, { ...(this.#apiKey && { headers: { Authorization: `Bearer ${this.#apiKey}` } }) });
  }

  /** Chat goes to the endpoint, to the router, or with a provider's own key straight to it. */
  #chatTarget(model: string): object {
    const { id, provider, policy } = readModelName(model);
    if (this.baseURL !== undefined) return { endpointUrl: this.baseURL, model };
    const foreign = this.#apiKey !== undefined && !this.#apiKey.startsWith("hf_");
    if (foreign && provider !== undefined) return { model: id, provider };
    const choice = provider ?? policy;
    return { model: choice === undefined ? id : `${id}:${choice}` };
  }

  /** The router's choice among providers is for chat alone: for the other tasks the Hub is asked who serves the model. */
  async #taskTarget(model: string, task: InferenceTask, fetch: typeof globalThis.fetch): Promise<Target> {
    const name = readModelName(model);
    if (this.baseURL !== undefined) return { model: name.id, endpointUrl: this.baseURL.replace(/\/v1$/, "") };
    const provider =
      name.provider ??
      (await (await import("./find-provider.js")).findProvider(name, task, (id) => this.#ask(id, fetch)));
    // The SDK's type lists the providers of its day.
    return { model: name.id, provider: provider as "auto" };
  }

  #ask(id: string, fetch: typeof globalThis.fetch): Promise<Response> {
    const key = this.#apiKey?.startsWith("hf_") ? this.#apiKey : undefined;
    const headers: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {};
    return fetch(`${HUB_MODELS}${id}?expand[]=inferenceProviderMapping`, { headers });
  }

  #options({ signal, headers }: Exchange, seen: { response?: Response }, take: boolean): Options {
    const send = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const ofHub = String(input).startsWith(HUB_MODELS);
      const request: RequestInit = { ...init, signal };
      const further = { ...this.#config.headers, ...headers };
      if (!ofHub && Object.keys(further).length > 0) {
        const merged = new Headers(init?.headers);
        for (const [field, value] of Object.entries(further)) merged.set(field, value);
        request.headers = merged;
      }
      const response = await (this.#fetch ?? globalThis.fetch)(input, request);
      if (!response.ok) throw await (await import("./errors.js")).errorFromResponse(response);
      if (response.headers.get("content-type")?.includes("text/html")) {
        throw (await import("./errors.js")).webPage(response, await response.text().catch(() => ""));
      }
      if (ofHub) return response;
      seen.response = response;
      if (take) throw TAKEN;
      return response;
    };
    return { fetch: send, signal, retry_on_error: false };
  }

  #open(): Promise<InferenceClient> {
    this.#client ??= this.#create();
    return this.#client;
  }

  async #create(): Promise<InferenceClient> {
    const { client, apiKey, billTo } = this.#config;
    if (client) return client;
    const { InferenceClient } = await import("./sdk.js");
    return new InferenceClient(apiKey ?? "", billTo === undefined ? {} : { billTo });
  }
}

/** An endpoint's base URL with the version that OpenAI's format has. */
function withVersion(baseURL: string): string {
  return /\/v\d+$/.test(baseURL) ? baseURL : `${baseURL}/v1`;
}
