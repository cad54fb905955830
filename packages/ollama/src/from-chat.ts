import type { AssistantPart, FinishReason, ProviderMetadata, ResponseInfo, ToolCallPart, Usage } from "@llmux/core";
import { type AdapterResult, headersToObject, LLMError, parseToolInput } from "@llmux/core/adapter";
import { factsFromText, malformed } from "./errors.js";
import type { Reply, ReplyToolCall } from "./reply.js";
import type { ToolCallIds } from "./tool-call-ids.js";

/**
 * A whole answer of `/api/chat` or `/api/generate`.
 * @throws LLMError for an error under status 200, and `malformed-response` for what is no finished reply
 */
export function fromReply(reply: Reply, response: Response, model: string, ids: ToolCallIds): AdapterResult {
  requireReply(reply, model);
  if (reply.done !== true) throw malformed("The server's answer is not a finished reply", JSON.stringify(reply));
  const content: AssistantPart[] = [];
  const thinking = thinkingOf(reply);
  if (thinking) content.push({ type: "reasoning", text: thinking });
  const text = textOf(reply);
  if (text) content.push({ type: "text", text });
  const calls = (reply.message?.tool_calls ?? []).map((call) => toolCallOf(call, ids));
  content.push(...calls);
  const result: AdapterResult = {
    content,
    finishReason: finishReasonOf(reply, calls.length > 0),
    usage: usageOf(reply),
    response: { ...responseOf(reply), headers: headersToObject(response.headers) },
  };
  const providerMetadata = metadataOf(reply, reply.logprobs);
  if (providerMetadata) result.providerMetadata = providerMetadata;
  return result;
}

/** @throws LLMError for an error in place of a reply, and `malformed-response` for what is neither */
export function requireReply(reply: Reply, model: string): void {
  const { error } = (reply ?? {}) as Reply;
  if (error !== undefined && error !== null) {
    const text = typeof error === "string" ? error : JSON.stringify(error);
    throw new LLMError(factsFromText(text, model));
  }
  if (
    typeof reply !== "object" ||
    reply === null ||
    (reply.done === undefined && !reply.message && reply.response === undefined)
  ) {
    throw malformed("The server's answer is not a reply of Ollama's", JSON.stringify(reply));
  }
}

export function textOf(reply: Reply): string {
  return reply.message?.content ?? reply.response ?? "";
}

export function thinkingOf(reply: Reply): string {
  return reply.message?.thinking ?? reply.thinking ?? "";
}

export function toolCallOf(call: ReplyToolCall, ids: ToolCallIds): ToolCallPart {
  const { name = "", arguments: input } = call.function ?? {};
  // An object by Ollama's API; some servers that imitate it write JSON text, as OpenAI does.
  const parsed = typeof input === "string" ? parseToolInput(input) : { input: input ?? {} };
  return { type: "tool-call", id: call.id || ids.next(), name, ...parsed };
}

/** Ollama says `stop` after tool calls too. */
export function finishReasonOf({ done_reason: raw }: Reply, hasToolCalls: boolean): FinishReason {
  if (raw === "length") return { unified: "length", raw };
  if (hasToolCalls) return { unified: "tool-calls", raw };
  // Old servers give none, `load` and `unload` answer an empty prompt.
  return { unified: raw === "stop" ? "stop" : "other", raw: raw || undefined };
}

export function usageOf(reply: Reply): Usage {
  const { total_duration, load_duration, prompt_eval_count, prompt_eval_duration, eval_count, eval_duration } = reply;
  return {
    inputTokens: { total: prompt_eval_count, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: eval_count, reasoning: undefined },
    raw: { total_duration, load_duration, prompt_eval_count, prompt_eval_duration, eval_count, eval_duration },
  };
}

export function responseOf({ model, created_at }: Reply): ResponseInfo {
  const createdAt = new Date(created_at ?? Number.NaN);
  return { model, createdAt: Number.isNaN(createdAt.getTime()) ? undefined : createdAt };
}

export function metadataOf({ context }: Reply, logprobs: readonly unknown[] | undefined): ProviderMetadata | undefined {
  if (!context && !logprobs) return undefined;
  return { ollama: { ...(context && { context }), ...(logprobs && { logprobs }) } };
}
