import type { WireResponse } from "@llmux/testkit";

/** A stream of these chunks, as the provider frames it. */
export function streamResponse(chunks: readonly object[], headers: Readonly<Record<string, string>>): WireResponse {
  return {
    status: 200,
    headers: { "content-type": "application/x-ndjson", ...headers },
    pieces: chunks.map((chunk) => `${JSON.stringify(chunk)}\n`),
  };
}
