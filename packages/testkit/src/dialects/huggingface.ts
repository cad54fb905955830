import type { LLMErrorKind } from "@llmux/core";
import { type Dialect, jsonResponse } from "../dialect.js";
import { openaiChat } from "./openai-chat.js";
import { retryAfterHeader } from "./retry-after.js";
import { rewrite, saidIn } from "./rewrite.js";

/**
 * Hugging Face's router and endpoints: OpenAI's chat as many servers speak it, feature extraction for embeddings
 * (https://huggingface.co/docs/inference-providers/tasks/chat-completion, …/tasks/feature-extraction).
 */
export const huggingface: Dialect = {
  ...openaiChat,
  name: "huggingface",
  read(request) {
    const { inputs } = (request.body ?? {}) as { inputs?: string | string[] };
    if (inputs === undefined) return openaiChat.read(request);
    return { kind: "embed", stream: false, values: typeof inputs === "string" ? [inputs] : inputs };
  },
  reply: (reply, call) =>
    rewrite(openaiChat.reply(reply, call), (json) => {
      for (const said of saidIn(json)) {
        // As vLLM and most of the router's providers name it.
        if (said.reasoning_content !== undefined) said.reasoning = said.reasoning_content;
        delete said.reasoning_content;
      }
      return json;
    }),
  error(kind, { message, retryAfter }) {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [status, body] = fault;
    return jsonResponse(body(message), status, { "x-request-id": "req_kit", ...retryAfterHeader(retryAfter) });
  },
  embeddings: (vectors) => jsonResponse(vectors, 200, { "x-request-id": "req_kit" }),
};

/** The router's own errors are texts; those of the servers behind it objects as OpenAI's are. */
const said = (message: string): object => ({ error: message });
const coded =
  (type: string, code: string | null, words = "") =>
  (message: string): object => ({ error: { message: words + message, type, param: null, code } });

const ERRORS: Readonly<Partial<Record<LLMErrorKind, readonly [status: number, body: (message: string) => object]>>> = {
  authentication: [401, said],
  permission: [403, said],
  "not-found": [400, coded("invalid_request_error", "model_not_found")],
  "invalid-request": [400, coded("invalid_request_error", "invalid_value")],
  "context-window-exceeded": [
    400,
    coded("invalid_request_error", null, "This model's maximum context length is 8192 tokens, you asked for 9000. "),
  ],
  "rate-limit": [429, said],
  "quota-exceeded": [402, (message) => said(`You have exceeded your monthly included credits. ${message}`)],
  overloaded: [503, (message) => said(`Model is overloaded. ${message}`)],
  server: [500, coded("internal_server_error", null)],
};
