import type { LLMErrorKind, UnifiedFinishReason } from "@llmux/core";
import { type Dialect, jsonResponse, type WireCall, type WireRequest, type WireResponse } from "../dialect.js";
import type { Reply, ReplyPart, ReplyUsage } from "../reply.js";
import { argumentsOf, joined, toolCalls } from "./reply-parts.js";
import { retryAfterHeader } from "./retry-after.js";

/** Ollama's native `/api/chat`, `/api/embed` and `/api/tags` (https://docs.ollama.com/api). */
export const ollamaChat: Dialect = {
  name: "ollama-chat",
  read,
  reply: (reply, call) => (call.stream ? streamed(reply, call) : whole(reply, call)),
  error(kind, { message, retryAfter }) {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [status, words = ""] = fault;
    return jsonResponse({ error: `${words}${message}` }, status, retryAfterHeader(retryAfter));
  },
  errorInStream(reply, { message }, call) {
    const { pieces, ...rest } = streamed(reply, call);
    return { ...rest, pieces: [...pieces.slice(0, -1), line({ error: message })] };
  },
  embeddings: (embeddings, { input }, { model }) =>
    jsonResponse({ model, embeddings, total_duration: 14_143_917, load_duration: 1_019_500, prompt_eval_count: input }),
  models: (ids) =>
    jsonResponse({
      models: ids.map((id) => ({
        name: id,
        model: id,
        modified_at: "2026-01-01T00:00:00.5-07:00",
        size: 4_683_075_271,
        digest: "0a8c266910232fd3291e71e5ba1e058cc5af9d411192cf88b6d30e92b6e73163",
        details: {
          parent_model: "",
          format: "gguf",
          family: "qwen2",
          families: ["qwen2"],
          parameter_size: "7.6B",
          quantization_level: "Q4_K_M",
        },
      })),
    }),
};

/** `done_reason`; a reply that ends in tool calls just stops. */
const FINISH: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "stop",
  "content-filter": "content_filter",
  other: "unload",
};

/** There are no codes: the status and the words tell the kind. The cloud's own come first, then those of `server/routes.go` and `sched.go`. */
const ERRORS: Readonly<Partial<Record<LLMErrorKind, readonly [status: number, words?: string]>>> = {
  authentication: [401, "unauthorized "],
  permission: [403, "this model requires a subscription, upgrade for access: https://ollama.com/upgrade "],
  "rate-limit": [429, "too many concurrent requests "],
  "quota-exceeded": [429, "you have reached your weekly usage limit, upgrade for higher limits "],
  "not-found": [404, 'model "qwen3" not found, try pulling it first '],
  "invalid-request": [400, "invalid options "],
  "context-window-exceeded": [400, "the input length exceeds the context length "],
  overloaded: [503, "server busy, please try again.  maximum pending requests exceeded "],
  server: [500, "llama runner process has terminated "],
};

interface Body {
  model?: string;
  stream?: boolean;
  input?: string | string[];
  tools?: { function: { name: string } }[];
}

function read({ path, body }: WireRequest): WireCall | undefined {
  const { pathname } = new URL(path, "http://x");
  const { model, stream, input, tools } = (body ?? {}) as Body;
  if (pathname.endsWith("/api/chat")) {
    // Whoever does not say gets a stream.
    return { kind: "generate", stream: stream !== false, model, tools: tools?.map((tool) => tool.function.name) };
  }
  if (pathname.endsWith("/api/embed")) {
    return { kind: "embed", stream: false, model, values: typeof input === "string" ? [input] : input };
  }
  return pathname.endsWith("/api/tags") ? { kind: "list-models", stream: false } : undefined;
}

function whole(reply: Reply, { model }: WireCall): WireResponse {
  const calls = toolCalls(reply).map(callOf);
  const thinking = joined(reply, "reasoning");
  const message = {
    role: "assistant",
    content: (joined(reply, "text") ?? "") + (joined(reply, "refusal") ?? ""),
    ...(thinking !== undefined && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return jsonResponse({ ...head(model), message, ...endOf(reply) });
}

function streamed(reply: Reply, { model }: WireCall): WireResponse {
  const message = (value: object): string =>
    line({ ...head(model), message: { role: "assistant", content: "", ...value }, done: false });
  const deltas = reply.parts.flatMap((part) => {
    // A call comes whole.
    if (part.type === "tool-call") return [message({ tool_calls: [callOf(part)] })];
    const field = part.type === "reasoning" ? "thinking" : "content";
    return part.pieces.map((piece) => message({ [field]: piece }));
  });
  const last = line({ ...head(model), message: { role: "assistant", content: "" }, ...endOf(reply) });
  return { status: 200, headers: { "content-type": "application/x-ndjson" }, pieces: [...deltas, last] };
}

/** Without an id, and with its arguments as an object. */
function callOf(part: Extract<ReplyPart, { type: "tool-call" }>): object {
  return { function: { name: part.name, arguments: argumentsOf(part) } };
}

function endOf({ finish, usage }: Reply): object {
  return {
    done: true,
    done_reason: FINISH[finish],
    total_duration: 182_242_375,
    load_duration: 41_295_167,
    ...(usage && countsOf(usage)),
  };
}

function countsOf({ input, output }: ReplyUsage): object {
  return { prompt_eval_count: input, prompt_eval_duration: 24_573_166, eval_count: output, eval_duration: 115_959_084 };
}

function head(model: string | undefined): object {
  return { model, created_at: "2026-01-01T00:00:00.123456Z" };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
