import { isLLMError, LLMError } from "@llmux/core/adapter";
import type { MistralCore } from "@mistralai/mistralai/core.js";
import type { SecurityState } from "@mistralai/mistralai/lib/security.js";

/** How Mistral is reached. */
export interface ConnectionConfig {
  apiKey?: string | undefined;
  /** Default `https://api.mistral.ai`; with or without `/v1` at its end. */
  baseURL?: string | undefined;
  /** Headers for every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Instead of the global one. The SDK hands it a `Request`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** A ready client of the SDK (`Mistral` or `MistralCore`): its address, key, hooks and HTTP client count, its retries don't. */
  client?: MistralCore | undefined;
}

/** One request. */
export interface Exchange {
  /** `v1/chat/completions`; relative to the base URL. */
  path: string;
  /** The SDK's own name of the operation, for its hooks. */
  operation: string;
  /** Sent as JSON, or as a form. None: a `GET`. */
  body?: object | FormData | undefined;
  accept?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  signal: AbortSignal;
}

const DEFAULT_BASE_URL = "https://api.mistral.ai";

/**
 * The SDK's client, made on the first call. Requests go through what its own functions are made of, which gives the URL, the key, the
 * hooks and the HTTP client; but the JSON is written and read here: the SDK's functions leave out fields of a request that they don't
 * know, put noughts where a count is missing, refuse answers that are not quite what they expect, and hide the headers.
 */
export class MistralConnection {
  readonly #config: ConnectionConfig;
  readonly baseURL: string;
  #client: Promise<MistralCore> | undefined;

  /** @throws LLMError `invalid-request` for a base URL that holds credentials, which no request can be made from */
  constructor(config: ConnectionConfig) {
    this.#config = config;
    const given = config.client?._baseURL?.href ?? config.baseURL ?? DEFAULT_BASE_URL;
    if (/\/\/[^/]*@/.test(given)) {
      const message = "baseURL must hold no user name and password; send them in a header of your own, or as apiKey";
      throw new LLMError({ kind: "invalid-request", parameter: "baseURL", message });
    }
    // The paths of the API begin with it.
    this.baseURL = given.replace(/\/+$/, "").replace(/\/v1$/, "");
  }

  /** @throws LLMError for an answer that is a failure, or a web page */
  async send(exchange: Exchange): Promise<Response> {
    this.#client ??= this.#create();
    const client = await this.#client;
    const { path, operation, body, accept = "application/json", signal } = exchange;
    const security = await securityOf(client._options.apiKey ?? this.#config.apiKey);
    const context = {
      options: client._options,
      baseURL: this.baseURL,
      operationID: operation,
      oAuth2Scopes: null,
      resolvedSecurity: security,
      securitySource: client._options.apiKey,
      retryConfig: { strategy: "none" as const },
    };
    const isForm = body instanceof FormData;
    const request = client._createRequest(
      context,
      {
        security,
        method: body ? "POST" : "GET",
        baseURL: this.baseURL,
        path,
        headers: { accept, ...(body && !isForm && { "content-type": "application/json" }) },
        body: isForm ? body : body && JSON.stringify(body),
        userAgent: client._options.userAgent,
      },
      { headers: { ...this.#config.headers, ...exchange.headers }, signal },
    );
    if (!request.ok) throw await this.#unsent(request.error);
    const sent = await client._do(request.value, {
      context,
      isErrorStatusCode: (status) => status >= 400,
      retryConfig: context.retryConfig,
      retryCodes: [],
    });
    if (!sent.ok) throw await this.#unsent(sent.error);
    const response = sent.value;
    if (!response.ok || response.headers.get("content-type")?.includes("text/html")) {
      throw await (await import("./errors.js")).errorFromResponse(response, `${this.baseURL}/${path}`);
    }
    return response;
  }

  /** What failing to send means. The SDK wraps what a `fetch` or a hook threw. */
  async #unsent(error: Error): Promise<unknown> {
    const { cause } = error;
    if (isLLMError(cause) || (cause as Error | undefined)?.name === "AbortError") return cause;
    const facts = (await import("./errors.js")).connectionFailure(error, this.baseURL);
    return facts ? new LLMError({ ...facts, cause: error }) : (cause ?? error);
  }

  async #create(): Promise<MistralCore> {
    const { client, apiKey, fetch } = this.#config;
    const { MistralCore, HTTPClient } = await import("./sdk.js");
    const inner = client
      ? (client._options.httpClient ?? new HTTPClient())
      : new HTTPClient(fetch && { fetcher: (input, init) => (init ? fetch(input, init) : fetch(input)) });
    const httpClient = new HTTPClient({
      fetcher: async (input) => silence(await inner.request(input as Request)),
    });
    // A client of its own beside a given one, with all that the application set on that: only so can `silence` come between.
    if (client) return new MistralCore({ ...client._options, httpClient });
    return new MistralCore({ ...(apiKey !== undefined && { apiKey }), serverURL: this.baseURL, httpClient });
  }
}

/** The header with which Mistral says when a model will be gone. */
export const DEPRECATION_HEADER = "x-model-deprecation-timestamp";

/**
 * Of a deprecated model's answer the SDK makes a copy and prints a warning. A warning is put on the result instead, and a stream that
 * has been copied could not be cancelled any more.
 */
function silence(response: Response): Response {
  if (response.headers.has(DEPRECATION_HEADER)) response.clone = () => new Response("");
  return response;
}

/** The key as the SDK's own `resolveGlobalSecurity` would put it, but never from the environment. */
async function securityOf(given: string | (() => Promise<string>) | undefined): Promise<SecurityState | null> {
  const key = typeof given === "function" ? await given() : given;
  if (!key) return null;
  const headers = { Authorization: /^bearer /i.test(key) ? key : `Bearer ${key}` };
  return { basic: {}, headers, queryParams: {}, cookies: {}, oauth2: { type: "none" } };
}
