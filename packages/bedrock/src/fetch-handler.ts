/** A request of the SDK's, as far as it is sent. */
export interface SdkRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  query?: Record<string, string | string[] | null> | undefined;
  headers: Record<string, string>;
  body?: unknown;
}

export interface SdkResponse {
  statusCode: number;
  reason?: string | undefined;
  headers: Record<string, string>;
  body?: unknown;
}

/**
 * The SDK's requests through `fetch`. The SDK's own default on Node speaks HTTP/2 and opens a connection for each request, and does
 * not reach a server that speaks HTTP/1.1 only, as proxies and stand-ins for Bedrock do.
 */
export class FetchHandler {
  readonly metadata: { handlerProtocol: string } = { handlerProtocol: "http/1.1" };
  readonly #fetch: typeof fetch;

  constructor(send: typeof fetch = globalThis.fetch) {
    this.#fetch = send;
  }

  async handle(
    request: SdkRequest,
    options?: { abortSignal?: AbortSignal | undefined },
  ): Promise<{ response: SdkResponse }> {
    const { method, protocol, hostname, port, path, query, headers, body } = request;
    const url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ""}${path}`);
    for (const [name, values] of Object.entries(query ?? {})) {
      for (const value of [values ?? ""].flat()) url.searchParams.append(name, value);
    }
    // `fetch` sets these itself, and refuses to be told.
    const { host: _, "content-length": __, ...rest } = headers;
    const init: RequestInit = { method, headers: rest, body: body as BodyInit };
    if (options?.abortSignal) init.signal = options.abortSignal;
    const send = this.#fetch;
    const response = await send(url.href, init);
    return {
      response: {
        statusCode: response.status,
        reason: response.statusText,
        headers: Object.fromEntries(response.headers),
        body: response.body ?? [],
      },
    };
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }

  destroy(): void {}
}
