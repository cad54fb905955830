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

/**
 * OpenAI's Chat Completions, embeddings and models, as the many hosts speak them too
 * (https://platform.openai.com/docs/api-reference/chat).
 */
export const openaiChat: Dialect = {
  name: "openai-chat",
  read,
  reply: (reply, call) => (call.stream ? streamed(reply, call) : whole(reply, call)),
  error: (kind, { message, retryAfter }) => {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [status, type, code] = fault;
    return jsonResponse({ error: { message, type, param: null, code } }, status, {
      "x-request-id": "req_kit",
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    });
  },
  errorInStream(reply, { message }, call) {
    const { pieces, ...rest } = streamed(reply, call);
    const error = { error: { message, type: "server_error", param: null, code: null } };
    return { ...rest, pieces: [...pieces.slice(0, -3), `data: ${JSON.stringify(error)}\n\n`] };
  },
  embeddings: (vectors, usage, { model }) =>
    jsonResponse({
      object: "list",
      model,
      data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
      usage: { prompt_tokens: usage.input, total_tokens: usage.input },
    }),
  models: (ids) =>
    jsonResponse({
      object: "list",
      data: ids.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "kit" })),
    }),
};

const FINISH: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
  other: "other",
};

const ERRORS: Readonly<Partial<Record<LLMErrorKind, readonly [number, string, string | null]>>> = {
  authentication: [401, "invalid_request_error", "invalid_api_key"],
  permission: [403, "invalid_request_error", "model_not_allowed"],
  "not-found": [404, "invalid_request_error", "model_not_found"],
  "invalid-request": [400, "invalid_request_error", "invalid_value"],
  "context-window-exceeded": [400, "invalid_request_error", "context_length_exceeded"],
  "content-policy": [400, "invalid_request_error", "content_policy_violation"],
  "rate-limit": [429, "requests", "rate_limit_exceeded"],
  "quota-exceeded": [429, "insufficient_quota", "insufficient_quota"],
  overloaded: [503, "server_error", "engine_overloaded"],
  server: [500, "server_error", null],
};

interface RequestBody {
  model?: string;
  stream?: boolean;
  input?: string | string[];
  tools?: { function: { name: string } }[];
}

function read({ path, body }: WireRequest): WireCall | undefined {
  const { pathname } = new URL(path, "http://x");
  const { model, stream, input, tools } = (body ?? {}) as RequestBody;
  if (pathname.endsWith("/chat/completions")) {
    return { kind: "generate", stream: stream === true, model, tools: tools?.map((tool) => tool.function.name) };
  }
  if (pathname.endsWith("/embeddings")) {
    return { kind: "embed", stream: false, model, values: typeof input === "string" ? [input] : input };
  }
  return pathname.endsWith("/models") ? { kind: "list-models", stream: false } : undefined;
}

function whole({ parts, finish, usage }: Reply, { model }: WireCall): WireResponse {
  const joined = (type: ReplyPart["type"]): string | null => {
    const pieces = parts.flatMap((part) => (part.type === type ? part.pieces : []));
    return pieces.length > 0 ? pieces.join("") : null;
  };
  const calls = parts.flatMap((part) =>
    part.type === "tool-call"
      ? [{ id: part.id, type: "function", function: { name: part.name, arguments: part.pieces.join("") } }]
      : [],
  );
  const message = {
    role: "assistant",
    content: joined("text"),
    refusal: joined("refusal"),
    ...(joined("reasoning") !== null && { reasoning_content: joined("reasoning") }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return jsonResponse(
    {
      ...head("chat.completion", model),
      choices: [{ index: 0, message, finish_reason: finishOf(parts, finish), logprobs: null }],
      ...(usage && { usage: usageOf(usage) }),
    },
    200,
    { "x-request-id": "req_kit" },
  );
}

function streamed({ parts, finish, usage }: Reply, { model }: WireCall): WireResponse {
  const chunk = (choices: object[], more: object = {}): { data: unknown } => ({
    data: { ...head("chat.completion.chunk", model), choices, ...more },
  });
  const delta = (value: object): { data: unknown } => chunk([{ index: 0, delta: value, finish_reason: null }]);
  let calls = -1;
  const deltas = parts.flatMap((part) => {
    if (part.type !== "tool-call") {
      const field = { text: "content", refusal: "refusal", reasoning: "reasoning_content" }[part.type];
      return part.pieces.map((piece) => delta({ [field]: piece }));
    }
    calls += 1;
    const index = calls;
    const call = (value: object): { data: unknown } => delta({ tool_calls: [{ index, ...value }] });
    return [
      call({ id: part.id, type: "function", function: { name: part.name, arguments: "" } }),
      ...part.pieces.map((piece) => call({ function: { arguments: piece } })),
    ];
  });
  return sseResponse(
    [
      delta({ role: "assistant", content: "" }),
      ...deltas,
      chunk([{ index: 0, delta: {}, finish_reason: finishOf(parts, finish) }]),
      ...(usage ? [chunk([], { usage: usageOf(usage) })] : []),
      { data: "[DONE]" },
    ],
    { "x-request-id": "req_kit" },
  );
}

/** A refusal is a message like any other, and ends like one. */
function finishOf(parts: readonly ReplyPart[], finish: UnifiedFinishReason): string {
  return FINISH[parts.some(({ type }) => type === "refusal") ? "stop" : finish];
}

function head(object: string, model: string | undefined): object {
  return { id: "chatcmpl-kit", object, created: 1_700_000_000, model };
}

function usageOf({ input, cacheRead, output, reasoning }: ReplyUsage): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cacheRead !== undefined && { prompt_tokens_details: { cached_tokens: cacheRead } }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}
