import type { LLMErrorKind } from "@llmux/core";
import { type Dialect, jsonResponse, sseResponse, type WireResponse } from "../dialect.js";
import { openaiChat } from "./openai-chat.js";
import { retryAfterHeader } from "./retry-after.js";
import { rewrite } from "./rewrite.js";

/**
 * Azure OpenAI's chat and embeddings under the path of a deployment, with what its content filter says
 * (https://learn.microsoft.com/azure/ai-foundry/openai/reference, …/openai/concepts/content-filter-annotations).
 */
export const azure: Dialect = {
  name: "azure",
  read(request) {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    const [, deployment] = /\/openai\/deployments\/([^/]+)\//.exec(pathname) ?? [];
    const call = openaiChat.read(request);
    if (!call || call.kind === "list-models") return call;
    // The dated API is asked by deployment, and refuses a request without a version.
    if (deployment === undefined || !searchParams.get("api-version")) return undefined;
    return { ...call, model: decodeURIComponent(deployment) };
  },
  reply(reply, call) {
    const response = annotated(openaiChat.reply(reply, call));
    if (!call.stream) return response;
    // What the filter found in the prompt comes first, in a chunk of its own that has nothing else.
    const { pieces } = sseResponse([{ data: { choices: [], created: 0, id: "", model: "", object: "", ...PROMPT } }]);
    return { ...response, pieces: [...pieces, ...response.pieces] };
  },
  error(kind, { message, retryAfter }) {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [status, code, more] = fault;
    return jsonResponse({ error: { code, message, ...more } }, status, {
      ...HEADERS,
      ...retryAfterHeader(retryAfter),
    });
  },
  errorInStream(reply, facts, call) {
    const { headers, ...response } = (openaiChat.errorInStream as NonNullable<Dialect["errorInStream"]>)(
      reply,
      facts,
      call,
    );
    return { ...response, headers: { ...headers, ...HEADERS } };
  },
  embeddings: (vectors, usage, call) =>
    (openaiChat.embeddings as NonNullable<Dialect["embeddings"]>)(vectors, usage, call),
  models: (ids) =>
    jsonResponse({
      object: "list",
      data: ids.map((id) => ({ id, object: "model", created_at: 1_700_000_000, status: "succeeded" })),
    }),
};

const HEADERS = { "apim-request-id": "apim_kit", "x-ms-region": "East US 2" };

const SAFE = { filtered: false, severity: "safe" };
const VERDICT = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };
const PROMPT = { prompt_filter_results: [{ prompt_index: 0, content_filter_results: VERDICT }] };

/** https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter, …/openai/quotas-limits and the answers of real resources. */
const ERRORS: Readonly<
  Partial<
    Record<LLMErrorKind, readonly [status: number, code: string | null, more?: Readonly<Record<string, unknown>>]>
  >
> = {
  authentication: [401, "401"],
  permission: [403, "PermissionDenied"],
  "not-found": [404, "DeploymentNotFound", { type: "invalid_request_error" }],
  "invalid-request": [400, null, { type: "invalid_request_error", param: "messages" }],
  "context-window-exceeded": [400, "context_length_exceeded", { type: "invalid_request_error", param: "messages" }],
  "content-policy": [
    400,
    "content_filter",
    {
      type: null,
      param: "prompt",
      status: 400,
      innererror: {
        code: "ResponsibleAIPolicyViolation",
        content_filter_result: { ...VERDICT, violence: { filtered: true, severity: "high" } },
      },
    },
  ],
  "rate-limit": [429, "429"],
  "quota-exceeded": [429, "insufficient_quota", { type: "insufficient_quota" }],
  overloaded: [503, "ServiceUnavailable"],
  server: [500, "InternalServerError"],
};

function annotated(response: WireResponse): WireResponse {
  const { headers, ...rest } = rewrite(response, (json) => {
    // The last chunk of a stream has nothing to judge.
    for (const choice of json.choices ?? [])
      choice.content_filter_results = choice.delta && choice.finish_reason ? {} : VERDICT;
    return json.object === "chat.completion" ? { ...json, ...PROMPT } : json;
  });
  return { ...rest, headers: { ...headers, ...HEADERS } };
}
