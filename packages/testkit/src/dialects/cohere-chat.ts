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
import { toolCalls } from "./reply-parts.js";
import { retryAfterHeader } from "./retry-after.js";

/** Cohere's version 2: chat, embeddings; and the list of models (https://docs.cohere.com/reference/chat, …/chat-stream, …/embed). */
export const cohereChat: Dialect = {
  name: "cohere-chat",
  read,
  reply: (reply, call) => (call.stream ? streamed(reply) : whole(reply)),
  error(kind, { message, retryAfter }) {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [status, words = "", more] = fault;
    return jsonResponse({ id: ID, message: words + message, ...more }, status, {
      ...HEADERS,
      ...retryAfterHeader(retryAfter),
    });
  },
  errorInStream(reply, { message }) {
    const { pieces, ...rest } = streamed(reply);
    const delta = { finish_reason: "ERROR", error: message };
    const { pieces: error } = sseResponse([{ event: "message-end", data: { type: "message-end", id: ID, delta } }]);
    return { ...rest, pieces: [...pieces.slice(0, -3), ...error] };
  },
  embeddings: (float, { input }, { values }) =>
    jsonResponse(
      {
        id: ID,
        embeddings: { float },
        texts: values,
        response_type: "embeddings_by_type",
        meta: { api_version: { version: "2" }, billed_units: { input_tokens: input } },
      },
      200,
      HEADERS,
    ),
  models: (ids) =>
    jsonResponse(
      { models: ids.map((name) => ({ name, is_deprecated: false, endpoints: ["chat"], context_length: 128_000 })) },
      200,
      HEADERS,
    ),
};

const ID = "c14c80c3-18eb-4519-9460-6c92edd8cfb4";
const HEADERS = { "x-debug-trace-id": "8a33c573d883537733d8593bf5852173" };

/** Refusing is left to the words: there is no reason for it. */
const FINISH: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  "tool-calls": "TOOL_CALL",
  "content-filter": "CONTENT_FILTER",
  other: "OTHER",
};

/** https://docs.cohere.com/reference/errors: the status and the words tell the kind. */
const ERRORS: Readonly<Partial<Record<LLMErrorKind, readonly [status: number, words?: string, more?: object]>>> = {
  authentication: [401, "Incorrect API key provided: ***********. "],
  permission: [403],
  "not-found": [404, "model 'command-r' not found, make sure the correct model ID was used. "],
  "invalid-request": [400, "invalid request: "],
  "context-window-exceeded": [
    400,
    "too many tokens: size limit exceeded by 25836 tokens. Try using shorter or fewer inputs. ",
    { error_type: "TOO_MANY_TOKENS" },
  ],
  "content-policy": [498, "the request contains a deny-listed token. "],
  "rate-limit": [429, "You are using a Trial key, which is limited to 20 API calls / minute. "],
  "quota-exceeded": [402, "Please add or update your payment method at https://dashboard.cohere.com/billing. "],
  overloaded: [503, "service unavailable, please try again later. "],
  server: [500, "internal server error. "],
};

interface Body {
  model?: string;
  stream?: boolean;
  texts?: string[];
  tools?: { function: { name: string } }[];
}

function read({ path, body }: WireRequest): WireCall | undefined {
  const { pathname } = new URL(path, "http://x");
  const { model, stream, texts, tools } = (body ?? {}) as Body;
  if (pathname.endsWith("/v2/chat")) {
    return { kind: "generate", stream: stream === true, model, tools: tools?.map((tool) => tool.function.name) };
  }
  if (pathname.endsWith("/v2/embed")) return { kind: "embed", stream: false, model, values: texts };
  return pathname.endsWith("/v1/models") ? { kind: "list-models", stream: false } : undefined;
}

function whole(reply: Reply): WireResponse {
  const content = reply.parts.flatMap((part) => {
    if (part.type === "tool-call") return [];
    return [blockOf(part, part.pieces.join(""))];
  });
  const calls = toolCalls(reply).map((part) => callOf(part, part.pieces.join("")));
  const message = {
    role: "assistant",
    ...(content.length > 0 && { content }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return jsonResponse({ id: ID, message, ...endOf(reply) }, 200, HEADERS);
}

function streamed(reply: Reply): WireResponse {
  let calls = -1;
  const blocks = reply.parts.flatMap((part, index) => {
    if (part.type !== "tool-call") {
      const [, field] = NAMES[part.type];
      return [
        event("content-start", index, { content: blockOf(part, "") }),
        ...part.pieces.map((piece) => event("content-delta", index, { content: { [field]: piece } })),
        event("content-end", index),
      ];
    }
    calls += 1;
    const at = calls;
    return [
      event("tool-call-start", at, { tool_calls: callOf(part, "") }),
      ...part.pieces.map((piece) => event("tool-call-delta", at, { tool_calls: { function: { arguments: piece } } })),
      event("tool-call-end", at),
    ];
  });
  const message = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  const events = [
    { type: "message-start", id: ID, delta: { message } },
    ...blocks,
    { type: "message-end", delta: endOf(reply) },
  ];
  return sseResponse([...events.map((data) => ({ event: data.type, data })), { data: "[DONE]" }], HEADERS);
}

const NAMES = {
  text: ["text", "text"],
  refusal: ["text", "text"],
  reasoning: ["thinking", "thinking"],
} as const;

function event(type: string, index: number, message?: object): { type: string } {
  return { type, index, ...(message && { delta: { message } }) } as { type: string };
}

function blockOf({ type }: Exclude<ReplyPart, { type: "tool-call" }>, text: string): object {
  const [name, field] = NAMES[type];
  return { type: name, [field]: text };
}

function callOf({ id, name }: Extract<ReplyPart, { type: "tool-call" }>, text: string): object {
  return { id, type: "function", function: { name, arguments: text } };
}

function endOf({ finish, usage }: Reply): object {
  return { finish_reason: FINISH[finish], ...(usage && { usage: usageOf(usage) }) };
}

function usageOf({ input, cacheRead, output }: ReplyUsage): object {
  return {
    billed_units: { input_tokens: 5, output_tokens: output },
    tokens: { input_tokens: input, output_tokens: output },
    ...(cacheRead !== undefined && { cached_tokens: cacheRead }),
  };
}
