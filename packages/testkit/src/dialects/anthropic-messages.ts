import type { LLMErrorKind, UnifiedFinishReason } from "@llmux/core";
import {
  type Dialect,
  jsonResponse,
  sseResponse,
  type WireCall,
  type WireRequest,
  type WireResponse,
} from "../dialect.js";
import type { Reply, ReplyPart, ReplyUsage } from "../reply.js";
import { argumentsOf } from "./reply-parts.js";
import { retryAfterHeader } from "./retry-after.js";

/** Anthropic's Messages, token counting and models (https://platform.claude.com/docs/en/api/messages). */
export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  read,
  reply: (reply, call) => (call.stream ? streamed(reply, call) : whole(reply, call)),
  error(kind, { message, retryAfter }) {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [status, type, words = ""] = fault;
    return jsonResponse(errorBody(type, `${words}${message}`), status, {
      ...HEADERS,
      ...retryAfterHeader(retryAfter),
    });
  },
  errorInStream(reply, { message }, call) {
    const { pieces, ...rest } = streamed(reply, call);
    const { pieces: error } = sseResponse([{ event: "error", data: errorBody("overloaded_error", message) }]);
    // All but the end of the last block, and of the message.
    return { ...rest, pieces: [...pieces.slice(0, -3), ...error] };
  },
  models: (ids) =>
    jsonResponse({
      data: ids.map((id) => ({ type: "model", id, display_name: id, created_at: "2026-01-01T00:00:00Z" })),
      has_more: false,
      first_id: ids[0] ?? null,
      last_id: ids.at(-1) ?? null,
    }),
  tokens: (count) => jsonResponse({ input_tokens: count }),
};

const HEADERS = { "request-id": "req_kit" };

/** https://platform.claude.com/docs/en/api/messages#response-stop-reason */
const FINISH: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  other: "pause_turn",
};

/** https://platform.claude.com/docs/en/api/errors; the words are those of real answers, where nothing else tells the kind. */
const ERRORS: Readonly<Partial<Record<LLMErrorKind, readonly [status: number, type: string, words?: string]>>> = {
  authentication: [401, "authentication_error"],
  permission: [403, "permission_error"],
  "not-found": [404, "not_found_error"],
  "invalid-request": [400, "invalid_request_error"],
  "context-window-exceeded": [400, "invalid_request_error", "prompt is too long: 333404 tokens > 200000 maximum "],
  "content-policy": [400, "invalid_request_error", "Output blocked by content filtering policy "],
  "rate-limit": [429, "rate_limit_error"],
  "quota-exceeded": [402, "billing_error"],
  overloaded: [529, "overloaded_error"],
  server: [500, "api_error"],
};

function errorBody(type: string, message: string): object {
  return { type: "error", error: { type, message }, request_id: "req_kit" };
}

function read({ path, body }: WireRequest): WireCall | undefined {
  const { pathname } = new URL(path, "http://x");
  const { model, stream, tools } = (body ?? {}) as { model?: string; stream?: boolean; tools?: { name: string }[] };
  if (pathname.endsWith("/messages")) {
    return { kind: "generate", stream: stream === true, model, tools: tools?.map(({ name }) => name) };
  }
  if (pathname.endsWith("/messages/count_tokens")) return { kind: "count-tokens", stream: false, model };
  return pathname.endsWith("/models") ? { kind: "list-models", stream: false } : undefined;
}

function whole({ parts, finish, usage }: Reply, { model }: WireCall): WireResponse {
  const content = parts.map((part) => {
    const text = part.pieces.join("");
    if (part.type === "tool-call") {
      return { type: "tool_use", id: part.id, name: part.name, input: argumentsOf(part) };
    }
    return part.type === "reasoning"
      ? { type: "thinking", thinking: text, signature: sealOf(part) }
      : { type: "text", text };
  });
  return jsonResponse(
    { ...head(model), content, stop_reason: FINISH[finish], stop_sequence: null, ...(usage && usageOf(usage)) },
    200,
    HEADERS,
  );
}

function streamed({ parts, finish, usage }: Reply, { model }: WireCall): WireResponse {
  const message = { ...head(model), content: [], stop_reason: null, stop_sequence: null };
  const blocks = parts.flatMap((part, index): Event[] => {
    const delta = (value: object): Event => ({ type: "content_block_delta", index, delta: value });
    return [
      { type: "content_block_start", index, content_block: emptyBlock(part) },
      ...(index === 0 ? [{ type: "ping" }] : []),
      ...part.pieces.map((piece) => delta(deltaOf(part, piece))),
      ...(part.type === "reasoning" ? [delta({ type: "signature_delta", signature: sealOf(part) })] : []),
      { type: "content_block_stop", index },
    ];
  });
  const events: Event[] = [
    {
      type: "message_start",
      message: { ...message, ...(usage && usageOf({ ...usage, output: 1, reasoning: undefined })) },
    },
    ...blocks,
    {
      type: "message_delta",
      delta: { stop_reason: FINISH[finish], stop_sequence: null },
      ...(usage && usageOf(usage)),
    },
    { type: "message_stop" },
  ];
  return sseResponse(
    events.map((data) => ({ event: data.type, data })),
    HEADERS,
  );
}

interface Event {
  type: string;
  [field: string]: unknown;
}

function emptyBlock(part: ReplyPart): object {
  if (part.type === "tool-call") return { type: "tool_use", id: part.id, name: part.name, input: {} };
  return part.type === "reasoning" ? { type: "thinking", thinking: "", signature: "" } : { type: "text", text: "" };
}

function deltaOf({ type }: ReplyPart, piece: string): object {
  if (type === "tool-call") return { type: "input_json_delta", partial_json: piece };
  return type === "reasoning" ? { type: "thinking_delta", thinking: piece } : { type: "text_delta", text: piece };
}

/** Thinking is always sealed. */
function sealOf({ signature = "c2VhbA==" }: { signature?: string | undefined }): string {
  return signature;
}

function head(model: string | undefined): object {
  return { id: "msg_kit", type: "message", role: "assistant", model };
}

/** `input_tokens` leaves out what was read from the cache and written to it. */
function usageOf({ input, cacheRead = 0, cacheWrite = 0, output, reasoning }: ReplyUsage): object {
  return {
    usage: {
      input_tokens: input - cacheRead - cacheWrite,
      cache_creation_input_tokens: cacheWrite,
      cache_read_input_tokens: cacheRead,
      output_tokens: output,
      ...(reasoning !== undefined && { output_tokens_details: { thinking_tokens: reasoning } }),
    },
  };
}
