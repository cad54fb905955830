import { LLMError } from "@llmux/core/adapter";

/** A `GoogleGenAI` of `@google/genai`, whichever of its builds it comes from: to TypeScript their classes have nothing in common. */
export interface GoogleClient {
  readonly models: { generateContent(params: never): Promise<unknown> };
}

export interface ConnectionConfig {
  client?: GoogleClient | undefined;
  fetch?: typeof fetch | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}

/** One request to an endpoint. */
export interface Call {
  method?: "GET" | "POST";
  path: string;
  query?: Record<string, string>;
  body?: object;
}

/** What a call of the application's adds to it. */
export interface Exchange {
  signal: AbortSignal;
  headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * The SDK's own HTTP client, which each of its modules sends through: it knows the URL, the API's version, the project and the
 * credentials. Hidden in its types. Its modules above it are not used: they know only the fields that were known when they were made,
 * drop the rest of a request and of an answer, and keep the headers of a failure to themselves.
 */
interface ApiClient {
  isVertexAI(): boolean;
  getBaseUrl(): string;
  getAuthHeaders(): Promise<Headers>;
  getFetch?(): typeof fetch | undefined;
  clientOptions?: { httpOptions?: { retryOptions?: object } };
  request(request: {
    path: string;
    httpMethod: string;
    queryParams?: Record<string, string> | undefined;
    body?: string | undefined;
    httpOptions: object;
  }): Promise<unknown>;
}

/** The SDK's client, made on the first call. */
export class Connection {
  readonly #config: ConnectionConfig;
  readonly #create: () => Promise<GoogleClient>;
  #api: Promise<ApiClient> | undefined;
  /** Where it leads, for messages; known once there is a client. */
  baseURL: string | undefined;

  constructor(config: ConnectionConfig, create: () => Promise<GoogleClient>) {
    this.#config = config;
    this.#create = create;
  }

  /** Whether the client is one for Vertex AI, whose paths and bodies differ here and there. */
  async isVertex(): Promise<boolean> {
    return (await this.#client()).isVertexAI();
  }

  /** What a request must carry to be let in. */
  async authHeaders(): Promise<Headers> {
    return (await this.#client()).getAuthHeaders();
  }

  /** @throws LLMError what a failed answer says; what `fetch` and the authentication library throw comes as it is */
  async send({ method = "POST", path, query, body }: Call, { signal, headers }: Exchange): Promise<Response> {
    const api = await this.#client();
    const send = api.getFetch?.() ?? this.#config.fetch ?? globalThis.fetch;
    const further = { ...this.#config.headers, ...headers };
    let answer: Response | undefined;
    const httpOptions: Record<string, unknown> = {
      fetch: async (url: string, init?: RequestInit): Promise<Response> => {
        const merged = new Headers(init?.headers);
        for (const [name, value] of Object.entries(further)) merged.set(name, value);
        // The SDK's own signal is one of its time limits too, which core keeps.
        const response = await send(url, { ...init, headers: merged, signal });
        // Here, and not after the SDK has made an error of it, which leaves the headers out.
        if (!response.ok) throw await (await import("./errors.js")).errorFromResponse(response, url);
        answer = response;
        return response;
      },
    };
    // A client that was handed in may retry. This is the first attempt and the last.
    if (api.clientOptions?.httpOptions?.retryOptions) httpOptions.retryOptions = { attempts: 1 };
    await api.request({
      path,
      httpMethod: method,
      queryParams: query,
      body: body && JSON.stringify(body),
      httpOptions,
    });
    return answer as unknown as Response;
  }

  /** As {@link send}, for an answer that is JSON. @throws LLMError `malformed-response` for one that is not */
  async json<T>(call: Call, exchange: Exchange): Promise<{ body: T; response: Response }> {
    const response = await this.send(call, exchange);
    const text = await response.text();
    try {
      return { body: JSON.parse(text) as T, response };
    } catch (cause) {
      throw (await import("./errors.js")).notJSON(text, response, cause);
    }
  }

  #client(): Promise<ApiClient> {
    this.#api ??= this.#open();
    return this.#api;
  }

  async #open(): Promise<ApiClient> {
    const client = this.#config.client ?? (await this.#create());
    const api = (client as unknown as { apiClient?: ApiClient }).apiClient;
    if (typeof api?.request !== "function") {
      const message =
        "The given client is not one that this version of the adapter knows: no GoogleGenAI of @google/genai 3";
      throw new LLMError({ kind: "invalid-request", parameter: "client", message });
    }
    this.baseURL = api.getBaseUrl();
    return api;
  }
}
