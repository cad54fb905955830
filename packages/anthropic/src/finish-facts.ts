import type { FinishReason, ProviderMetadata, Usage } from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";
import type { Block } from "./to-messages.js";

/** A message of the API, as far as the adapter looks into it. Other hosts that speak the API leave things out. */
export interface WireMessage extends Record<string, unknown> {
  type?: string;
  id?: string;
  model?: string;
  content?: Block[];
  stop_reason?: string | null;
  usage?: WireUsage | null;
}

export interface WireUsage extends Record<string, unknown> {
  input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  output_tokens?: number | null;
  output_tokens_details?: { thinking_tokens?: number | null } | null;
}

/** What is known once a message has ended. `onlyReply`: no tool was asked for but, where there is one, the output tool. */
export function finishFacts(
  message: WireMessage,
  onlyReply: boolean,
): Pick<AdapterResult, "finishReason" | "usage" | "providerMetadata"> {
  const providerMetadata = metadataOf(message);
  return {
    finishReason: toFinishReason(message.stop_reason, onlyReply),
    usage: toUsage(message.usage),
    ...(providerMetadata && { providerMetadata }),
  };
}

function toFinishReason(reason: unknown, onlyReply: boolean): FinishReason {
  const raw = typeof reason === "string" ? reason : undefined;
  return { unified: raw === "tool_use" && onlyReply ? "stop" : (FINISH.get(raw) ?? "other"), raw };
}

const FINISH: ReadonlyMap<string | undefined, FinishReason["unified"]> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool-calls"],
  ["refusal", "content-filter"],
]);

/** Anthropic's `input_tokens` leaves out what was read from or written to the cache; the total here holds both. */
function toUsage(usage: WireUsage | null | undefined): Usage {
  const cacheRead = count(usage?.cache_read_input_tokens);
  const cacheWrite = count(usage?.cache_creation_input_tokens);
  const fresh = count(usage?.input_tokens);
  const total = fresh === undefined ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0);
  return {
    inputTokens: { total, cacheRead, cacheWrite },
    outputTokens: {
      total: count(usage?.output_tokens),
      reasoning: count(usage?.output_tokens_details?.thinking_tokens),
    },
    ...(usage && { raw: usage }),
  };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

const KNOWN = new Set(["type", "id", "model", "role", "content", "stop_reason", "usage", "request_id", "_request_id"]);

/** Everything else that the message says, under the API's own names: `stop_sequence`, `stop_details`, `container`, … */
function metadataOf(message: WireMessage): ProviderMetadata | undefined {
  const rest = Object.entries(message).filter(
    ([key, value]) => !KNOWN.has(key) && value !== null && value !== undefined,
  );
  return rest.length === 0 ? undefined : { anthropic: Object.fromEntries(rest) };
}
