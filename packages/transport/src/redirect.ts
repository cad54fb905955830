import type { PreparedRequest } from "./prepare-request.js";
import { checkURL } from "./prepare-request.js";

/** As the Fetch standard has it. */
export const MAX_REDIRECTS = 20;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Keys and credentials under the names that LLM providers use: none may reach another origin. */
const SECRET =
  /^(authorization|proxy-authorization|cookie|host|api-key|x-api-key|x-goog-api-key|ocp-apim-subscription-key)$/;

const ABOUT_BODY = /^content-/;

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/**
 * The request that a redirect asks for: a 303, and a POST that gets a 301 or 302, becomes a GET without body; the others are
 * sent again as they were.
 *
 * @throws TypeError where the location can't be followed, or the body was a stream and is gone
 */
export function redirected(request: PreparedRequest, status: number, location: string): PreparedRequest {
  if (!URL.canParse(location, request.url))
    throw new TypeError("fetch failed", { cause: new Error("The redirect has no valid location") });
  const url = new URL(location, request.url);
  if (url.hash === "") url.hash = request.url.hash;
  checkURL(url);
  const { method } = request;
  const asGet = status === 303 ? method !== "GET" && method !== "HEAD" : status < 303 && method === "POST";
  const replayable = request.body === null || typeof request.body === "string" || request.body instanceof Uint8Array;
  if (!asGet && !replayable)
    throw new TypeError("fetch failed", {
      cause: new Error("A body that streams can't be sent again after a redirect"),
    });
  const sameOrigin = url.origin === request.url.origin;
  const headers: string[] = [];
  for (let at = 0; at < request.headers.length; at += 2) {
    const name = request.headers[at] as string;
    const key = name.toLowerCase();
    if ((!sameOrigin && SECRET.test(key)) || (asGet && ABOUT_BODY.test(key))) continue;
    headers.push(name, request.headers[at + 1] as string);
  }
  return { ...request, url, headers, method: asGet ? "GET" : method, body: asGet ? null : request.body };
}
