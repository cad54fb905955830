/** What an adapter is built on. */
export const KINDS = {
  "openai-compatible": "a host that speaks OpenAI's wire format: one row of data",
  sdk: "the provider's official SDK",
  fetch: "plain fetch, with a wire format of its own",
} as const;

/** How a provider on plain `fetch` streams. */
export const STREAMS = {
  sse: "server-sent events",
  ndjson: "a line of JSON for each event",
} as const;

export type Kind = keyof typeof KINDS;
export type Stream = keyof typeof STREAMS;

export function isKind(text: string): text is Kind {
  return Object.hasOwn(KINDS, text);
}

export function isStream(text: string): text is Stream {
  return Object.hasOwn(STREAMS, text);
}
