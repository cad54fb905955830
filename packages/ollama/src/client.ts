import { isLLMError } from "@llmux/core/adapter";
import type { Ollama } from "ollama/browser";
import { readBaseURL, showURL } from "./base-url.js";

/** How a server is reached. */
export interface ClientConfig {
  /** `http://localhost:11434`, or whatever `OLLAMA_HOST` may hold. */
  baseURL?: string | undefined;
  /** Only for ollama.com and for proxies that ask for one; sent as a bearer token. */
  apiKey?: string | undefined;
  /** Headers for every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** A ready client of the `ollama` package. Its own address, headers and `fetch` count, the other fields don't. */
  client?: Ollama | undefined;
}

/** What one request adds to the configuration. */
export interface Exchange {
  signal: AbortSignal | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** For messages. */
  model: string;
}

/** The fields of the SDK's client that are `protected` in its types, and without which neither an abort nor a header is to be had. */
interface Inside {
  config: { host: string };
  fetch: typeof globalThis.fetch;
  ongoingStreamedRequests: unknown[];
}

/** The SDK's client, made on the first call. */
export class OllamaConnection {
  readonly #config: ClientConfig;
  readonly #url: URL;
  #client: Promise<Ollama> | undefined;

  /** @throws LLMError `invalid-request` where the address is none */
  constructor(config: ClientConfig) {
    this.#config = config;
    const host = (config.client as unknown as Inside | undefined)?.config.host;
    this.#url = readBaseURL(host || config.baseURL, config.apiKey);
  }

  /** The server's address, for messages: without credentials. */
  get baseURL(): string {
    return showURL(this.#url);
  }

  /**
   * Runs one request of the SDK's, and gives its answer together with the HTTP response. The SDK takes neither a signal nor headers
   * for a call, so each call goes through a client of its own, which shares all with the first but its `fetch`.
   *
   * @throws LLMError for a failed answer, before the SDK sees it: it would print to the console
   */
  async send<T>(exchange: Exchange, run: (client: Ollama) => Promise<T>): Promise<{ answer: T; response: Response }> {
    this.#client ??= this.#create();
    const base = await this.#client;
    const send = (base as unknown as Inside).fetch;
    let response: Response | undefined;
    const derived = Object.create(base) as Ollama;
    const inside = derived as unknown as Inside;
    // The SDK's own list holds on to each stream until it was read through its iterator, which is not used here.
    inside.ongoingStreamedRequests = [];
    inside.fetch = async (url, init) => {
      response = await this.#fetch(send, url, init, exchange);
      return response;
    };
    const answer = await run(derived);
    return { answer, response: response as unknown as Response };
  }

  async #fetch(
    send: typeof globalThis.fetch,
    url: RequestInfo | URL,
    init: RequestInit | undefined,
    { signal, headers, model }: Exchange,
  ): Promise<Response> {
    let request = signal ? { ...init, signal } : init;
    const configured = this.#config.client ? undefined : this.#config.headers;
    if (configured || headers) {
      const merged = new Headers(init?.headers);
      for (const [name, value] of Object.entries({ ...configured, ...headers })) merged.set(name, value);
      request = { ...request, headers: merged };
    }
    let response: Response;
    try {
      response = await send(url, request);
    } catch (error) {
      if (isLLMError(error) || signal?.aborted) throw error;
      throw (await import("./errors.js")).unreachable(error, this.baseURL);
    }
    if (!response.ok || response.headers.get("content-type")?.includes("text/html")) {
      throw await (await import("./errors.js")).errorFromResponse(response, model, this.baseURL);
    }
    // With the text at hand, what is no JSON can be shown.
    response.json = async () => {
      const text = await response.text();
      try {
        return JSON.parse(text) as unknown;
      } catch (cause) {
        const { malformed } = await import("./errors.js");
        throw malformed("The server's answer is not JSON", text, this.baseURL, cause);
      }
    };
    return response;
  }

  async #create(): Promise<Ollama> {
    const { client, apiKey, fetch } = this.#config;
    if (client) return client;
    // Not the package's main entry: that one needs Node's file system.
    const { Ollama } = await import("ollama/browser");
    const { username, password } = this.#url;
    let authorization: string | undefined;
    if (apiKey) authorization = `Bearer ${apiKey}`;
    else if (username) authorization = (await import("./basic-auth.js")).basicAuth(username, password);
    return new Ollama({
      host: this.baseURL,
      fetch: fetch ?? globalThis.fetch,
      ...(authorization && { headers: { Authorization: authorization } }),
    });
  }
}
