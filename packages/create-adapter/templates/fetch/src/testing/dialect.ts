import type { LLMErrorKind, UnifiedFinishReason } from "@llmux/core";
import type { Dialect, Reply, ReplyPart, ReplyUsage, WireCall, WireRequest, WireResponse } from "@llmux/testkit";
import { jsonResponse } from "@llmux/testkit";
import { framed } from "./framed.js";

// CHANGE: how the provider speaks, as its documentation and recordings of its traffic have it. The kit plays the provider with this.

/** {{title}}. */
export const dialect: Dialect = {
  name: "{{id}}",
  read,
  reply: (reply, call) => (call.stream ? framed(streamed(reply, call), ID) : whole(reply, call)),
  error(kind, { message, retryAfter }) {
    const known = ERRORS[kind];
    if (!known) return undefined;
    const [status, code] = known;
    const headers: Record<string, string> = { ...ID };
    if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
    return jsonResponse({ error: { code, message } }, status, headers);
  },
  errorInStream(reply, { message }, call) {
    const events = streamed(reply, call).slice(0, -1);
    return framed([...events, { type: "error", error: { code: "broken", message } }], ID);
  },
  embeddings: (embeddings, usage) => jsonResponse({ embeddings, usage: { input_tokens: usage.input } }),
  models: (ids) => jsonResponse({ models: ids.map((id) => ({ id })) }),
};

const ID = { "x-request-id": "req_kit" };

const FINISH: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: "end",
  length: "max_tokens",
  "tool-calls": "tool_calls",
  "content-filter": "filtered",
  other: "unknown",
};

const ERRORS: Readonly<Partial<Record<LLMErrorKind, readonly [status: number, code: string]>>> = {
  authentication: [401, "bad_key"],
  permission: [403, "not_allowed"],
  "not-found": [404, "no_such_model"],
  "invalid-request": [400, "bad_request"],
  "context-window-exceeded": [400, "context_too_long"],
  "content-policy": [400, "content_refused"],
  "rate-limit": [429, "too_many_requests"],
  "quota-exceeded": [429, "quota_spent"],
  overloaded: [503, "overloaded"],
  server: [500, "broken"],
};

interface Body {
  model?: string;
  stream?: boolean;
  input?: string[];
  tools?: { name: string }[];
}

/** What a request asks for. */
function read({ path, body }: WireRequest): WireCall | undefined {
  const { model, stream, input, tools } = (body ?? {}) as Body;
  switch (new URL(path, "http://x").pathname) {
    case "/v1/chat":
      return { kind: "generate", stream: stream === true, model, tools: tools?.map(({ name }) => name) };
    case "/v1/embeddings":
      return { kind: "embed", stream: false, model, values: input };
    case "/v1/models":
      return { kind: "list-models", stream: false };
    default:
      return undefined;
  }
}

function whole({ parts, finish, usage }: Reply, { model }: WireCall): WireResponse {
  const output = parts.map((part) => {
    const text = part.pieces.join("");
    if (part.type === "tool-call") return { type: "tool_call", id: part.id, name: part.name, arguments: text };
    return part.type === "reasoning" ? { type: part.type, text, signature: part.signature } : { type: part.type, text };
  });
  const answer = { id: "a1", model, output, stop_reason: FINISH[finish], usage: usage && toCounts(usage) };
  return jsonResponse(answer, 200, ID);
}

function streamed({ parts, finish, usage }: Reply, { model }: WireCall): object[] {
  return [
    { type: "start", id: "a1", model },
    ...parts.flatMap(toEvents),
    { type: "end", stop_reason: FINISH[finish], usage: usage && toCounts(usage) },
  ];
}

function toEvents(part: ReplyPart, index: number): object[] {
  if (part.type === "tool-call") {
    const { id, name, pieces } = part;
    const start = { type: "tool_call", index, id, name };
    return [start, ...pieces.map((text) => ({ type: "tool_arguments", index, text }))];
  }
  const events = part.pieces.map((text) => ({ type: part.type, text }));
  if (part.type !== "reasoning" || part.signature === undefined) return events;
  return [...events, { type: "reasoning", text: "", signature: part.signature }];
}

function toCounts({ input, cacheRead, output, reasoning }: ReplyUsage): object {
  return { input_tokens: input, cached_tokens: cacheRead, output_tokens: output, reasoning_tokens: reasoning };
}
