/**
 * Where hosts put the id of a request, the most telling first: OpenAI's, Azure's, Mistral's, DeepSeek's, OpenRouter's, AWS's,
 * Cloudflare's. For failures; for answers a host's own adapter knows its header.
 */
const HEADERS: readonly string[] = [
  "x-request-id",
  "apim-request-id",
  "mistral-correlation-id",
  "x-ds-trace-id",
  "x-generation-id",
  "x-amzn-requestid",
  "cf-ray",
];

/** The provider's id of the request, to quote to its support. */
export function requestIdOf(headers: Headers): string | undefined {
  return HEADERS.map((name) => headers.get(name)).find(Boolean) ?? undefined;
}
