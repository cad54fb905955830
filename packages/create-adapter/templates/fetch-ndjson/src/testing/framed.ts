import type { WireResponse } from "@llmux/testkit";

/** Events as the provider streams them. */
export function framed(events: readonly object[], headers: Readonly<Record<string, string>>): WireResponse {
  const pieces = events.map((event) => `${JSON.stringify(event)}\n`);
  return { status: 200, headers: { "content-type": "application/x-ndjson", ...headers }, pieces };
}
