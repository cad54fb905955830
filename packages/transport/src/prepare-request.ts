/** A request in the form that undici's dispatcher takes. */
export interface PreparedRequest {
  url: URL;
  method: string;
  /** Names and values in turn. */
  headers: string[];
  body: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  signal: AbortSignal | undefined;
  redirect: RequestRedirect;
}

/** URLs by their text: an application calls a handful of endpoints, and parsing one costs as much as sending its headers. */
const parsed = new Map<string, URL>();
const MAX_PARSED = 256;

/** @throws TypeError where `fetch` would; never with a header's value in it */
export function prepareRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
): PreparedRequest | Promise<PreparedRequest> {
  if (input instanceof Request) return prepareFromRequest(input, init);
  const headers = listHeaders(init?.headers);
  const body = init?.body;
  const method = normalizeMethod(init?.method);
  if (body !== undefined && body !== null && (method === "GET" || method === "HEAD")) {
    throw new TypeError("Request with GET/HEAD method cannot have body.");
  }
  const request: PreparedRequest = {
    url: parseURL(input),
    method,
    headers,
    body: null,
    signal: init?.signal ?? undefined,
    redirect: init?.redirect ?? "follow",
  };
  addDefault(headers, "accept", "*/*");
  addDefault(headers, "user-agent", "node");
  if (body === undefined || body === null) return request;
  if (typeof body === "string") {
    addDefault(headers, "content-type", "text/plain;charset=UTF-8");
    request.body = body;
    return request;
  }
  return withBody(request, body);
}

async function prepareFromRequest(input: Request, init: RequestInit | undefined): Promise<PreparedRequest> {
  const { url, method, headers, signal, redirect } = input;
  // Read whole, so that a redirect can send it again; a caller who streams hands over the stream as `init.body`.
  const body = init?.body ?? (input.body === null ? undefined : new Uint8Array(await input.arrayBuffer()));
  return prepareRequest(url, { method, headers, signal, redirect, ...init, ...(body ? { body } : undefined) });
}

async function withBody(request: PreparedRequest, body: Exclude<BodyInit, string>): Promise<PreparedRequest> {
  const { headers } = request;
  if (body instanceof ReadableStream || Symbol.asyncIterator in (body as object)) {
    request.body = body as AsyncIterable<Uint8Array>;
  } else if (body instanceof ArrayBuffer) request.body = new Uint8Array(body);
  else if (ArrayBuffer.isView(body)) {
    request.body = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  } else if (body instanceof Blob) {
    if (body.type !== "") addDefault(headers, "content-type", body.type);
    addDefault(headers, "content-length", String(body.size));
    request.body = body.stream();
  } else {
    // FormData, URLSearchParams: Node encodes them. Whole rather than streamed: many servers refuse a form of unknown length.
    const encoded = new Response(body);
    addDefault(headers, "content-type", encoded.headers.get("content-type") as string);
    request.body = new Uint8Array(await encoded.arrayBuffer());
  }
  return request;
}

function listHeaders(init: HeadersInit | undefined): string[] {
  const list: string[] = [];
  if (!init) return list;
  if (init instanceof Headers) {
    init.forEach((value, name) => {
      list.push(name, value);
    });
  } else if (Symbol.iterator in init)
    for (const [name, value] of init as Iterable<[string, string]>) list.push(name, value);
  else {
    for (const name of Object.keys(init)) {
      const value = (init as Record<string, string | undefined>)[name];
      if (value !== undefined) list.push(name, String(value));
    }
  }
  return list;
}

function addDefault(headers: string[], name: string, value: string): void {
  if (!hasHeader(headers, name)) headers.push(name, value);
}

/** @param name in lower case */
function hasHeader(headers: readonly string[], name: string): boolean {
  for (let at = 0; at < headers.length; at += 2) {
    const key = headers[at] as string;
    if (key.length === name.length && (key === name || key.toLowerCase() === name)) return true;
  }
  return false;
}

function normalizeMethod(method = "GET"): string {
  const upper = method.toUpperCase();
  // The standard leaves other methods, `patch` among them, as they are written.
  return /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/.test(upper) ? upper : method;
}

function parseURL(input: string | URL): URL {
  const text = String(input);
  const known = parsed.get(text);
  if (known) return known;
  if (!URL.canParse(text)) throw new TypeError("Failed to parse URL");
  const url = new URL(text);
  checkURL(url);
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(text, url);
  return url;
}

/** @throws TypeError for what can't be sent; without the URL, which may hold a password */
export function checkURL(url: URL): void {
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new TypeError("URL scheme must be http or https");
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("Request cannot be constructed from a URL that includes credentials");
  }
}
