import { sseResponse, type WireResponse } from "@llmux/testkit";

/** A stream of these chunks, as the provider frames it. */
export function streamResponse(chunks: readonly object[], headers: Readonly<Record<string, string>>): WireResponse {
  return sseResponse(
    chunks.map((data) => ({ data })),
    headers,
  );
}
