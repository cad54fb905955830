import { sseResponse, type WireResponse } from "@llmux/testkit";

/** Events as the provider streams them. */
export function framed(events: readonly object[], headers: Readonly<Record<string, string>>): WireResponse {
  return sseResponse(
    events.map((data) => ({ data })),
    headers,
  );
}
