import { LLMError } from "@llmux/core/adapter";

/** Where Ollama listens unless told otherwise. */
const DEFAULT_BASE_URL = "http://127.0.0.1:11434";

/**
 * The server's URL from what `OLLAMA_HOST` may hold, read as Ollama's own client reads it (`envconfig.ConnectableHost`): a URL,
 * `host`, `host:port`, `:port` or an IP address. Without a scheme the port defaults to 11434. An address that means "listen on all"
 * becomes loopback, since that is the one a client can reach. A trailing `/api` or `/v1` is cut: the paths are added here.
 *
 * @param apiKey Is not shown in the error.
 * @throws LLMError `invalid-request` where it is none of these
 */
export function readBaseURL(text: string | undefined, apiKey?: string): URL {
  const given = text?.trim().replace(/^["']|["']$/g, "") ?? "";
  if (given === "") return new URL(DEFAULT_BASE_URL);
  if (/^ollama\.com\/?$/.test(given)) return new URL("https://ollama.com");
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(given);
  let full = hasScheme ? given : `http://${given}`;
  // A bare IPv6 address, and a port without a host, are hosts to Ollama and none to a URL parser.
  full = full.replace(/^(\w+:\/\/)([\da-f]*:[\da-f:]*:[\da-f]*)$/i, "$1[$2]").replace(/^(\w+:\/\/):/, "$1127.0.0.1:");
  if (!URL.canParse(full) || !/^https?:/i.test(full) || /\s/.test(full)) {
    // A key may have been pasted into the wrong variable.
    const shown = (apiKey ? given.replaceAll(apiKey, "***") : given).replace(/\/\/[^/@]*@/, "//***@");
    const message = `${JSON.stringify(shown)} is not an address of an Ollama server, such as http://localhost:11434`;
    throw new LLMError({ kind: "invalid-request", parameter: "baseURL", message });
  }
  const url = new URL(full);
  if (!hasScheme && url.port === "" && !/:80(\/|$)/.test(given)) url.port = "11434";
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  else if (url.hostname === "[::]") url.hostname = "[::1]";
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/(api|v1)$/, "");
  url.search = url.hash = "";
  return url;
}

/** A base URL as people and the SDK want it: without credentials and without a slash at its end. */
export function showURL(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
