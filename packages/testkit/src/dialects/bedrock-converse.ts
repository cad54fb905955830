import type { LLMErrorKind, UnifiedFinishReason } from "@llmux/core";
import { type Dialect, jsonResponse, type WireCall, type WireRequest, type WireResponse } from "../dialect.js";
import type { Reply, ReplyPart, ReplyUsage } from "../reply.js";
import { eventFrame, eventFrames } from "./event-frame.js";
import { argumentsOf } from "./reply-parts.js";
import { retryAfterHeader } from "./retry-after.js";

/**
 * Amazon Bedrock's Converse as JSON and as binary frames, token counting, the embeddings of Titan and the list of models
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference).
 */
export const bedrockConverse: Dialect = {
  name: "bedrock-converse",
  read,
  reply: (reply, call) => (call.stream ? streamed(reply) : whole(reply)),
  error(kind, { message, retryAfter }) {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [status, type, words = ""] = fault;
    return jsonResponse({ message: words + message }, status, {
      ...HEADERS,
      "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      ...retryAfterHeader(retryAfter),
    });
  },
  errorInStream(reply, { message }) {
    const { pieces, ...rest } = streamed(reply);
    const headers = {
      ":exception-type": "internalServerException",
      ":content-type": "application/json",
      ":message-type": "exception",
    };
    // All but the ends of the block and of the message, and the counts.
    return { ...rest, pieces: [...pieces.slice(0, -3), eventFrame(headers, { message })] };
  },
  embeddings: ([embedding], { input }) => jsonResponse({ embedding, inputTextTokenCount: input }, 200, HEADERS),
  models: (ids) =>
    jsonResponse(
      {
        modelSummaries: ids.map((modelId) => ({
          modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${modelId}`,
          modelId,
          modelName: modelId,
          providerName: "Kit",
        })),
      },
      200,
      HEADERS,
    ),
  tokens: (count) => jsonResponse({ inputTokens: count }, 200, HEADERS),
};

const HEADERS = { "x-amzn-requestid": "32ef4ce3-5d0d-4ac2-9928-b7648a98c5b2" };

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const FINISH: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "content_filtered",
  other: "malformed_model_output",
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html */
const ERRORS: Readonly<Partial<Record<LLMErrorKind, readonly [status: number, type: string, words?: string]>>> = {
  authentication: [403, "UnrecognizedClientException", "The security token included in the request is invalid. "],
  permission: [403, "AccessDeniedException"],
  "not-found": [404, "ResourceNotFoundException"],
  "invalid-request": [400, "ValidationException"],
  "context-window-exceeded": [400, "ValidationException", "Input is too long for requested model. "],
  "rate-limit": [429, "ThrottlingException", "Too many requests, please wait before trying again. "],
  "quota-exceeded": [400, "ServiceQuotaExceededException"],
  overloaded: [503, "ServiceUnavailableException"],
  server: [500, "InternalServerException"],
};

interface Body {
  inputText?: string;
  toolConfig?: { tools?: { toolSpec?: { name: string } }[] };
}

function read({ path, body }: WireRequest): WireCall | undefined {
  const { pathname } = new URL(path, "http://x");
  const { inputText, toolConfig } = (body ?? {}) as Body;
  // The models, and the profiles that many of them are called by.
  if (/\/(foundation-models|inference-profiles)$/.test(pathname)) return { kind: "list-models", stream: false };
  const [, id, action] = /\/model\/([^/]+)\/([\w-]+)$/.exec(pathname) ?? [];
  const model = id === undefined ? undefined : decodeURIComponent(id);
  const tools = toolConfig?.tools?.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec.name] : []));
  switch (action) {
    case "converse":
    case "converse-stream":
      return { kind: "generate", stream: action === "converse-stream", model, tools };
    case "count-tokens":
      return { kind: "count-tokens", stream: false, model };
    case "invoke":
      return { kind: "embed", stream: false, model, values: inputText === undefined ? [] : [inputText] };
    default:
      return undefined;
  }
}

function whole({ parts, finish, usage }: Reply): WireResponse {
  const content = parts.map((part) => {
    const text = part.pieces.join("");
    if (part.type === "tool-call") {
      return { toolUse: { toolUseId: part.id, name: part.name, input: argumentsOf(part) } };
    }
    if (part.type !== "reasoning") return { text };
    const { signature } = part;
    return { reasoningContent: { reasoningText: { text, ...(signature !== undefined && { signature }) } } };
  });
  return jsonResponse(
    {
      metrics: { latencyMs: 551 },
      output: { message: { content, role: "assistant" } },
      stopReason: FINISH[finish],
      ...(usage && { usage: usageOf(usage) }),
    },
    200,
    HEADERS,
  );
}

function streamed({ parts, finish, usage }: Reply): WireResponse {
  const blocks = parts.flatMap((part, contentBlockIndex) => {
    const delta = (value: object): Uint8Array => event("contentBlockDelta", { contentBlockIndex, delta: value });
    return [
      // Only a tool's block has a beginning.
      ...(part.type === "tool-call"
        ? [
            event("contentBlockStart", {
              contentBlockIndex,
              start: { toolUse: { toolUseId: part.id, name: part.name } },
            }),
          ]
        : []),
      ...part.pieces.map((piece) => delta(deltaOf(part, piece))),
      ...(part.type === "reasoning" && part.signature !== undefined
        ? [delta({ reasoningContent: { signature: part.signature } })]
        : []),
      event("contentBlockStop", { contentBlockIndex }),
    ];
  });
  return {
    status: 200,
    headers: { "content-type": "application/vnd.amazon.eventstream", ...HEADERS },
    frames: eventFrames,
    pieces: [
      event("messageStart", { role: "assistant" }),
      ...blocks,
      event("messageStop", { stopReason: FINISH[finish] }),
      event("metadata", { metrics: { latencyMs: 551 }, ...(usage && { usage: usageOf(usage) }) }),
    ],
  };
}

/** `p` pads a frame, so that its length tells nothing of what was said. */
function event(type: string, payload: object): Uint8Array {
  const headers = { ":event-type": type, ":content-type": "application/json", ":message-type": "event" };
  return eventFrame(headers, { ...payload, p: "abcdefgh" });
}

function deltaOf({ type }: ReplyPart, piece: string): object {
  if (type === "tool-call") return { toolUse: { input: piece } };
  return type === "reasoning" ? { reasoningContent: { text: piece } } : { text: piece };
}

/** `inputTokens` leaves out what was read from the cache and written to it. */
function usageOf({ input, cacheRead, cacheWrite, output }: ReplyUsage): object {
  return {
    inputTokens: input - (cacheRead ?? 0) - (cacheWrite ?? 0),
    outputTokens: output,
    totalTokens: input + output,
    ...(cacheRead !== undefined && { cacheReadInputTokens: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWriteInputTokens: cacheWrite }),
  };
}
