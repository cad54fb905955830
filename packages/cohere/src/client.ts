const DEFAULT_BASE_URL = "https://api.cohere.com";

/**
 * What is used of a ready client: `CohereClientV2` and `CohereClient` of `cohere-ai` both have it. Told here in words of its own, since
 * the SDK's types ask for those of Node.
 */
export interface CohereClientLike {
  fetch(
    input: string,
    init: RequestInit,
    options: { maxRetries: number; abortSignal: AbortSignal; headers?: Record<string, string> },
  ): Promise<Response>;
}

/** How Cohere is reached. */
export interface ClientConfig {
  /** `CO_API_KEY` or `COHERE_API_KEY`. Needed unless `baseURL` names a deployment that asks for none. */
  apiKey?: string | undefined;
  /** `COHERE_API_BASE` or `CO_API_URL`; default `https://api.cohere.com`. A `/v1`, `/v2` or `/v2/chat` at its end does no harm. */
  baseURL?: string | undefined;
  /** Headers of every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** A name for this application in Cohere's logs (`X-Client-Name`). */
  clientName?: string | undefined;
  /** A ready client of `cohere-ai`; the fields above are then its own business. */
  client?: CohereClientLike | undefined;
}

/** One request. */
export interface Exchange {
  /** Path with its version: `v2/chat`. */
  path: string;
  /** JSON, a form with a file in it, or none for a `GET`. */
  body?: object | FormData | undefined;
  signal: AbortSignal;
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Where the SDK's clients keep what they were made with; private in its types. */
interface Inside {
  _options?: { baseUrl?: unknown; environment?: unknown };
}

/** The SDK's client, made on the first call. */
export class CohereConnection {
  readonly #config: ClientConfig;
  /** The server's address, for messages; `undefined` where only a ready client knows it. */
  readonly baseURL: string | undefined;
  #client: Promise<CohereClientLike> | undefined;

  constructor(config: ClientConfig) {
    this.#config = config;
    if (!config.client) this.baseURL = (config.baseURL ?? DEFAULT_BASE_URL).replace(/(\/v[12](\/chat)?)?\/*$/, "");
  }

  /**
   * Sends one request through the SDK's own `fetch`, which adds the key, the SDK's headers and the address, and gives back the
   * response as it came: the SDK's other methods parse a reply into objects of its own, and a stream without its end marker into a
   * success. Retries are off.
   *
   * @throws LLMError for a failed answer
   */
  async send({ path, body, signal, headers }: Exchange): Promise<Response> {
    this.#client ??= this.#create();
    const client = await this.#client;
    const init: RequestInit = { method: body ? "POST" : "GET", headers: { accept: "*/*" } };
    if (body instanceof FormData) init.body = body;
    else if (body) {
      init.body = JSON.stringify(body);
      init.headers = { accept: "*/*", "content-type": "application/json" };
    }
    const response = await client.fetch(await this.#locate(client, path), init, {
      maxRetries: 0,
      abortSignal: signal,
      ...(headers && { headers: { ...headers } }),
    });
    if (!response.ok) throw await (await import("./errors.js")).errorFromResponse(response);
    if (response.headers.get("content-type")?.includes("text/html")) {
      throw (await import("./errors.js")).webPage(response, await response.text().catch(() => ""));
    }
    return response;
  }

  /**
   * The whole address: the SDK's `fetch` has no default for one, and would escape the question mark of a path. A client that hides its
   * own gets the path alone.
   */
  async #locate(client: CohereClientLike, path: string): Promise<string> {
    if (this.baseURL !== undefined) return `${this.baseURL}/${path}`;
    const options = (client as Inside)._options;
    if (!options) return path;
    const given = options.baseUrl ?? options.environment;
    const base: unknown = typeof given === "function" ? await given() : await given;
    return `${String(base ?? DEFAULT_BASE_URL).replace(/\/+$/, "")}/${path}`;
  }

  async #create(): Promise<CohereClientLike> {
    const { client, apiKey, headers, fetch, clientName } = this.#config;
    if (client) return client;
    const { CohereClientV2 } = await import("./sdk.js");
    return new CohereClientV2({
      // An empty one keeps the SDK from looking for it in the environment, and sends none.
      token: apiKey ?? "",
      baseUrl: this.baseURL as string,
      maxRetries: 0,
      ...(headers && { headers: { ...headers } }),
      ...(fetch && { fetch }),
      ...(clientName !== undefined && { clientName }),
    });
  }
}
