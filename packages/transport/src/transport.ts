import { Agent, type Dispatcher } from "undici";
import { Exchange } from "./exchange.js";
import { type PreparedRequest, prepareRequest } from "./prepare-request.js";
import { isRedirect, MAX_REDIRECTS, redirected } from "./redirect.js";
import { TransportResponse } from "./transport-response.js";

/** How connections are made and kept. Times are in milliseconds. */
export interface TransportOptions {
  /** Most connections to one origin; further requests wait for one. Default: no limit. */
  connections?: number | undefined;
  /** How long an idle connection is kept where the server does not say. Default 4,000. */
  keepAlive?: number | undefined;
  /** The longest that an idle connection is kept, whatever the server says. Default 600,000. */
  keepAliveMax?: number | undefined;
  /**
   * Requests sent over one HTTP/1.1 connection before the first is answered. Default 1: behind a slow answer every other waits,
   * and a cut connection fails them all.
   */
  pipelining?: number | undefined;
  /** For a connection to be made, TLS included. Default 10,000. */
  connectTimeout?: number | undefined;
  /** From the request to the response's headers. Default: no limit; llmux's own timeouts and the SDKs' hold. */
  headersTimeout?: number | undefined;
  /** Between two pieces of a body. Default: no limit. */
  bodyTimeout?: number | undefined;
  /** Whether HTTP/2 is used with servers that offer it. Default false: many streams over one connection share its fate. */
  http2?: boolean | undefined;
  /**
   * An undici dispatcher to send everything through instead, such as a `ProxyAgent`, or an `Agent` with TLS settings. It keeps
   * its own settings, those above don't apply, and closing it is up to whoever made it.
   */
  dispatcher?: Dispatcher | undefined;
}

/** A `fetch` with connections of its own. */
export interface Transport {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Waits for what is under way, then closes the connections. Later calls fail. */
  close(): Promise<void>;
  /** Ends what is under way with an error and closes the connections. */
  destroy(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a lean `fetch` for servers with many calls in flight: hand it to an adapter or an official SDK as its `fetch`.
 *
 * It fails as `fetch` does: `TypeError: fetch failed` with the reason as its cause where there is no answer, `TypeError: terminated`
 * where an answer breaks off, the signal's reason where it was aborted. It differs in that it asks for no compression (a
 * compressed answer is read all the same), follows no `data:` or `blob:` URL, sends no cookies, and its responses are not
 * instances of `Response`. Node's `dispatcher` option works per call.
 */
export function transport(options: TransportOptions = {}): Transport {
  const own = options.dispatcher ? undefined : makeAgent(options);
  const dispatcher = (options.dispatcher ?? own) as Dispatcher;
  const { headersTimeout = 0, bodyTimeout = 0 } = options;
  const timeouts = own ? { headersTimeout, bodyTimeout } : {};

  const send = (request: PreparedRequest, via: Dispatcher, hops: number): Promise<TransportResponse> =>
    new Promise((resolve, reject) => {
      const { url, method, headers, body, signal } = request;
      const exchange = new Exchange(
        signal,
        (head, exchange) => {
          const bodyless = method === "HEAD" || head.status === 204 || head.status === 205 || head.status === 304;
          const response = new TransportResponse(head, exchange, withoutHash(url), hops > 0, bodyless);
          if (request.redirect !== "manual" && isRedirect(head.status) && response.headers.has("location")) {
            exchange.cancel();
            follow(request, response, via, hops).then(resolve, reject);
          } else resolve(response);
          return response.owner;
        },
        reject,
      );
      via.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers,
          // The types know no web stream and no async iterable; undici takes both.
          body: body as Uint8Array,
          ...timeouts,
        },
        exchange,
      );
    });

  const follow = async (
    request: PreparedRequest,
    response: TransportResponse,
    via: Dispatcher,
    hops: number,
  ): Promise<TransportResponse> => {
    if (request.redirect === "error") throw new TypeError("fetch failed", { cause: new Error("unexpected redirect") });
    if (hops >= MAX_REDIRECTS) throw new TypeError("fetch failed", { cause: new Error("redirect count exceeded") });
    return send(redirected(request, response.status, response.headers.get("location") as string), via, hops + 1);
  };

  const transport = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    let request = prepareRequest(input, init);
    if (request instanceof Promise) request = await request;
    request.signal?.throwIfAborted();
    const via = (init as { dispatcher?: Dispatcher } | undefined)?.dispatcher ?? dispatcher;
    return (await send(request, via, 0)) as unknown as Response;
  };
  const close = async (): Promise<void> => own?.close();
  return Object.assign(transport, {
    close,
    destroy: async (): Promise<void> => own?.destroy(),
    [Symbol.asyncDispose]: close,
  });
}

function makeAgent(options: TransportOptions): Agent {
  const { connections, keepAlive, keepAliveMax, pipelining = 1, connectTimeout, http2 = false } = options;
  return new Agent({
    ...(connections !== undefined && { connections }),
    ...(keepAlive !== undefined && { keepAliveTimeout: keepAlive }),
    ...(keepAliveMax !== undefined && { keepAliveMaxTimeout: keepAliveMax }),
    ...(connectTimeout !== undefined && { connectTimeout }),
    pipelining,
    allowH2: http2,
  });
}

function withoutHash(url: URL): string {
  return url.hash === "" ? url.href : url.href.slice(0, -url.hash.length);
}
