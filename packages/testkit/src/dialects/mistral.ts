import type { LLMErrorKind } from "@llmux/core";
import { type Dialect, jsonResponse, type WireCall, type WireResponse } from "../dialect.js";
import type { Reply } from "../reply.js";
import { openaiChat } from "./openai-chat.js";
import { retryAfterHeader } from "./retry-after.js";
import { rewrite, saidIn } from "./rewrite.js";

/** Mistral's chat, embeddings and models: nearly OpenAI's, with chunks of content, other errors and ids (https://docs.mistral.ai/api). */
export const mistral: Dialect = {
  ...openaiChat,
  name: "mistral",
  reply,
  error(kind, { message, retryAfter }) {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [status, body] = fault;
    return jsonResponse(body(message), status, { ...HEADERS, ...retryAfterHeader(retryAfter) });
  },
  errorInStream(reply, { message }, call) {
    const { pieces, ...rest } = mistral.reply(reply, call);
    const error = errorBody("internal_server_error", "3000")(message);
    return { ...rest, pieces: [...pieces.slice(0, -2), `data: ${JSON.stringify(error)}\n\n`] };
  },
};

const HEADERS = { "mistral-correlation-id": "req_kit", "x-kong-request-id": "req_kit" };

const errorBody =
  (type: string, code: string, words = "") =>
  (message: string): object => ({ object: "error", message: words + message, type, param: null, code });

/** Those of the gateway say `detail` or `message`, those of the API are errors of its own (https://docs.mistral.ai/resources/error-glossary). */
const ERRORS: Readonly<Partial<Record<LLMErrorKind, readonly [status: number, body: (message: string) => object]>>> = {
  authentication: [401, (message) => ({ detail: message })],
  permission: [403, errorBody("forbidden", "1010")],
  "not-found": [400, errorBody("invalid_model", "1500")],
  "invalid-request": [
    422,
    (message) => ({
      object: "error",
      message: { detail: [{ type: "missing", loc: ["body", "messages"], msg: message, input: {} }] },
      type: "invalid_request_error",
      param: null,
      code: null,
    }),
  ],
  "context-window-exceeded": [
    400,
    errorBody(
      "invalid_request_prompt",
      "3051",
      "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length. ",
    ),
  ],
  "rate-limit": [429, errorBody("rate_limited", "1300")],
  "quota-exceeded": [402, errorBody("payment_required", "1600")],
  overloaded: [503, errorBody("service_unavailable", "3800")],
  server: [500, errorBody("internal_server_error", "3000")],
};

function reply(reply: Reply, call: WireCall): WireResponse {
  const listed = reply.parts.some(({ type }) => type === "reasoning");
  const { headers, pieces, ...rest } = rewrite(openaiChat.reply(reply, call), (json) => {
    for (const message of saidIn(json)) toChunks(message, listed);
    return json;
  });
  return {
    ...rest,
    headers: { "content-type": headers["content-type"] as string, ...HEADERS },
    pieces: joinUsage(pieces),
  };
}

/** Thoughts are a chunk of the content, which is then a list; a content without any is a text. */
function toChunks(message: Record<string, unknown>, listed: boolean): void {
  const { reasoning_content: thought, content } = message;
  delete message.reasoning_content;
  delete message.refusal;
  if (!listed || (thought === undefined && typeof content !== "string")) return;
  message.content = [
    ...(thought !== undefined ? [{ type: "thinking", thinking: [{ type: "text", text: thought }] }] : []),
    ...(content ? [{ type: "text", text: content }] : []),
  ];
}

/** The counts come with the last chunk that has a choice, not in one of their own. */
function joinUsage(pieces: WireResponse["pieces"]): WireResponse["pieces"] {
  const at = pieces.findIndex((piece) => String(piece).startsWith("data: ") && String(piece).includes('"choices":[],'));
  if (at < 1) return pieces;
  const json = (piece: unknown): object => JSON.parse(String(piece).slice("data: ".length)) as object;
  const { usage } = json(pieces[at]) as { usage: unknown };
  const last = `data: ${JSON.stringify({ ...json(pieces[at - 1]), usage })}\n\n`;
  return [...pieces.slice(0, at - 1), last, ...pieces.slice(at + 1)];
}
