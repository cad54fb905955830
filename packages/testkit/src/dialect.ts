import type { LLMErrorKind } from "@llmux/core";
import type { Reply } from "./reply.js";

/** A request as it came over the socket. */
export interface WireRequest {
  method: string;
  /** With the query. */
  path: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** As text; bytes that are no text are replaced. */
  text: string;
  /** Parsed, where it is JSON. */
  body: unknown;
}

/** What a request asks for. */
export interface WireCall {
  kind: "generate" | "embed" | "list-models" | "count-tokens" | "other";
  stream: boolean;
  /** The model asked for, where the request names it. */
  model?: string | undefined;
  /** Of an embedding request: its texts, in order. */
  values?: readonly string[] | undefined;
  /** Of a request that hands in tools: their names. */
  tools?: readonly string[] | undefined;
}

/** An answer as bytes. */
export interface WireResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** One for each event of a stream, so that a check can send them one by one; otherwise one. */
  pieces: readonly (string | Uint8Array)[];
  /** Where pieces are binary frames with text in them: how a check gets at it, and changes it. */
  frames?: WireFrames | undefined;
}

/** A way to frame text. */
export interface WireFrames {
  /** The text in a frame. */
  text(frame: Uint8Array): string;
  /** The same frame with another text in it. */
  withText(frame: Uint8Array, text: string): Uint8Array;
}

/**
 * How one provider speaks, for the scripted server: the other half of an adapter, small enough to be written in an hour. The kit brings those
 * of the well-known wire formats.
 */
export interface Dialect {
  readonly name: string;
  /** What a request asks for; `undefined` where it is none that this provider knows. */
  read(request: WireRequest): WireCall | undefined;
  /** A reply, as a stream where the call asks for one. */
  reply(reply: Reply, call: WireCall): WireResponse;
  /** How the provider tells of a failure before it answers; `undefined` where it has no way to tell of this kind. */
  error(kind: LLMErrorKind, facts: ErrorFacts): WireResponse | undefined;
  /** How it tells of a failure after it has streamed this much; left out where it has no way. */
  errorInStream?(reply: Reply, facts: ErrorFacts, call: WireCall): WireResponse;
  /** Vectors, one for each value of the call. */
  embeddings?(vectors: readonly (readonly number[])[], usage: { input: number }, call: WireCall): WireResponse;
  models?(ids: readonly string[]): WireResponse;
  tokens?(count: number): WireResponse;
}

export interface ErrorFacts {
  /** The words of the error; a check may put a key into them. */
  message: string;
  /** Seconds that the provider asks to wait. */
  retryAfter?: number | undefined;
}

/** JSON as a whole answer. */
export function jsonResponse(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return { status, headers: { "content-type": "application/json", ...headers }, pieces: [JSON.stringify(body)] };
}

/** Server-sent events: strings as they are, other values as JSON, an `event` line where one is named. */
export function sseResponse(
  events: readonly { event?: string | undefined; data: unknown }[],
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  const pieces = events.map(({ event, data }) => {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    return `${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`;
  });
  return { status: 200, headers: { "content-type": "text/event-stream", ...headers }, pieces };
}
