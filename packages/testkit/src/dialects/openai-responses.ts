import type { UnifiedFinishReason } from "@llmux/core";
import { type Dialect, jsonResponse, sseResponse, type WireCall, type WireResponse } from "../dialect.js";
import type { Reply, ReplyPart, ReplyUsage } from "../reply.js";
import { openaiChat } from "./openai-chat.js";

/** OpenAI's Responses (https://platform.openai.com/docs/api-reference/responses); all else is as with {@link openaiChat}. */
export const openaiResponses: Dialect = {
  ...openaiChat,
  name: "openai-responses",
  read(request) {
    const { model, stream, tools } = (request.body ?? {}) as Body;
    const { pathname } = new URL(request.path, "http://x");
    if (!pathname.endsWith("/responses")) {
      return pathname.endsWith("/chat/completions") ? undefined : openaiChat.read(request);
    }
    const names = tools?.flatMap((tool) => (tool.type === "function" ? [tool.name] : []));
    return { kind: "generate", stream: stream === true, model, tools: names };
  },
  reply: (reply, call) => (call.stream ? streamed(reply, call) : jsonResponse(responseOf(reply, call), 200, HEADERS)),
  errorInStream(reply, { message }, call) {
    const { pieces, ...rest } = streamed(reply, call);
    const error = { code: "server_error", message };
    const { pieces: failed } = sseResponse([
      { event: "error", data: { type: "error", error: { type: "server_error", ...error, param: null } } },
      {
        event: "response.failed",
        data: {
          type: "response.failed",
          response: { ...responseOf(reply, call), status: "failed", error, output: [] },
        },
      },
    ]);
    // All but the ends of the text, its part, its item and the response.
    return { ...rest, pieces: [...pieces.slice(0, -4), ...failed] };
  },
};

interface Body {
  model?: string;
  stream?: boolean;
  tools?: { type: string; name: string }[];
}

const HEADERS = { "x-request-id": "req_kit" };

/** Why a response is incomplete; `undefined`: it is complete. */
const INCOMPLETE: Readonly<Record<UnifiedFinishReason, string | undefined>> = {
  stop: undefined,
  length: "max_output_tokens",
  "tool-calls": undefined,
  "content-filter": "content_filter",
  other: "other",
};

function responseOf({ parts, finish, usage }: Reply, { model }: WireCall): object {
  // A refusal is a message like any other, and ends like one.
  const reason = parts.some(({ type }) => type === "refusal") ? undefined : INCOMPLETE[finish];
  return {
    ...head(model),
    status: reason === undefined ? "completed" : "incomplete",
    incomplete_details: reason === undefined ? null : { reason },
    output: parts.map((part, index) => itemOf(part, index, "completed")),
    usage: usage ? usageOf(usage) : null,
  };
}

function streamed(reply: Reply, call: WireCall): WireResponse {
  const begun = { ...head(call.model), status: "in_progress", incomplete_details: null, output: [], usage: null };
  const items = reply.parts.flatMap((part, output_index): Event[] => {
    const empty: ReplyPart = { ...part, pieces: [] };
    return [
      { type: "response.output_item.added", output_index, item: itemOf(empty, output_index, "in_progress") },
      ...insideOf(part).map((event) => ({ output_index, item_id: idOf(part, output_index), ...event })),
      { type: "response.output_item.done", output_index, item: itemOf(part, output_index, "completed") },
    ];
  });
  const response = responseOf(reply, call) as { status: string };
  const events: Event[] = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...items,
    { type: `response.${response.status}`, response },
  ];
  return sseResponse(
    events.map((event, sequence_number) => ({ event: event.type, data: { ...event, sequence_number } })),
    HEADERS,
  );
}

interface Event {
  type: string;
  [field: string]: unknown;
}

/** What comes between the beginning and the end of an item. */
function insideOf(part: ReplyPart): Event[] {
  const text = part.pieces.join("");
  const deltas = (type: string, more: object): Event[] => part.pieces.map((delta) => ({ type, ...more, delta }));
  switch (part.type) {
    case "tool-call":
      return [
        ...deltas("response.function_call_arguments.delta", {}),
        { type: "response.function_call_arguments.done", arguments: text },
      ];
    case "reasoning": {
      const at = { summary_index: 0 };
      return [
        { type: "response.reasoning_summary_part.added", ...at, part: summaryOf("") },
        ...deltas("response.reasoning_summary_text.delta", at),
        { type: "response.reasoning_summary_text.done", ...at, text },
        { type: "response.reasoning_summary_part.done", ...at, part: summaryOf(text) },
      ];
    }
    default: {
      const at = { content_index: 0 };
      const name = part.type === "text" ? "output_text" : "refusal";
      return [
        { type: "response.content_part.added", ...at, part: contentOf(part, "") },
        ...deltas(`response.${name}.delta`, at),
        { type: `response.${name}.done`, ...at, [name === "refusal" ? "refusal" : "text"]: text },
        { type: "response.content_part.done", ...at, part: contentOf(part, text) },
      ];
    }
  }
}

function itemOf(part: ReplyPart, index: number, status: "in_progress" | "completed"): object {
  const id = idOf(part, index);
  const text = part.pieces.join("");
  if (part.type === "tool-call") {
    return { id, type: "function_call", status, call_id: part.id, name: part.name, arguments: text };
  }
  if (part.type === "reasoning") {
    const { signature } = part;
    return {
      id,
      type: "reasoning",
      summary: text === "" ? [] : [summaryOf(text)],
      ...(signature !== undefined && { encrypted_content: signature }),
    };
  }
  const content = status === "completed" ? [contentOf(part, text)] : [];
  return { id, type: "message", status, role: "assistant", content };
}

function idOf({ type }: ReplyPart, index: number): string {
  return `${type === "tool-call" ? "fc" : type === "reasoning" ? "rs" : "msg"}_kit${index}`;
}

function contentOf({ type }: ReplyPart, text: string): object {
  return type === "refusal"
    ? { type: "refusal", refusal: text }
    : { type: "output_text", annotations: [], logprobs: [], text };
}

function summaryOf(text: string): object {
  return { type: "summary_text", text };
}

function head(model: string | undefined): object {
  return { id: "resp_kit", object: "response", created_at: 1_700_000_000, error: null, model };
}

function usageOf({ input, cacheRead = 0, output, reasoning = 0 }: ReplyUsage): object {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
