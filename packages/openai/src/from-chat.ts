import type { AssistantPart, ToolCallPart } from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { parseToolInput } from "@llmux/core/tool-calls";
import {
  isFlatError,
  keep,
  responseFacts,
  toFinishReason,
  toUsage,
  type WireCompletion,
  type WireToolCall,
} from "./chat-facts.js";
import {
  madeUpId,
  readContent,
  reasoningText,
  toAudio,
  toCitations,
  toImage,
  toolCallMetadata,
  toolCallText,
} from "./chat-parts.js";
import { errorFromObject } from "./errors.js";
import { BODY_METADATA, CHOICE_METADATA, type WireHost } from "./host.js";

/**
 * What a chat completion means. Of several choices the first is read.
 *
 * @param audioFormat The format that audio was asked for in, which the answer does not name
 * @throws LLMError what an error object in the body says; `malformed-response` for what is no completion
 */
export function fromChat(body: WireCompletion, host: WireHost, audioFormat?: string): AdapterResult {
  if (body?.error) throw errorFromObject(body.error);
  if (body && !body.choices && isFlatError(body)) throw errorFromObject(body);
  const choices = body?.choices;
  const choice = Array.isArray(choices) && (choices.find(({ index }) => !index) ?? choices[0]);
  if (!choice) throw malformed("The provider's answer is not a chat completion", body);
  const { provider } = host;
  const message = choice.message ?? {};
  const content: AssistantPart[] = [];
  const add = (type: "text" | "reasoning" | "refusal", text: string | null | undefined): void => {
    if (!text) return;
    const last = content[content.length - 1];
    if (last?.type === type && !last.providerMetadata) last.text += text;
    else content.push({ type, text });
  };
  const details = message.reasoning_details ?? [];
  add("reasoning", message.reasoning_content || message.reasoning || reasoningText(details));
  if (details.length > 0) {
    if (content.length === 0) content.push({ type: "reasoning", text: "" });
    Object.assign(content[0] as AssistantPart, { providerMetadata: { [provider]: { reasoning_details: details } } });
  }
  readContent(message.content, add);
  const citations = toCitations(message.annotations);
  const text = citations && content.findLast((part) => part.type === "text");
  if (text) text.citations = citations;
  add("refusal", message.refusal);
  content.push(...(message.images ?? []).flatMap(toImage));
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    content.push(toToolCall(call, call.id || madeUpId(body.id, index), provider));
  }
  const legacy = message.function_call;
  if (legacy?.name) content.push(toToolCall({ function: legacy }, madeUpId(body.id, 0), provider));
  if (message.audio) content.push(toAudio(message.audio, provider, audioFormat));
  const metadata: Record<string, unknown> = {};
  keep(metadata, body, host.bodyMetadata ?? BODY_METADATA);
  keep(metadata, choice, host.choiceMetadata ?? CHOICE_METADATA);
  if (host.messageMetadata) keep(metadata, message, host.messageMetadata);
  const called = content.some((part) => part.type === "tool-call");
  return {
    content,
    finishReason: toFinishReason(choice.finish_reason, called, !!message.refusal),
    usage: toUsage(body.usage),
    response: responseFacts(body),
    ...(Object.keys(metadata).length > 0 && { providerMetadata: { [provider]: metadata } }),
  };
}

function toToolCall(call: WireToolCall, id: string, provider: string): ToolCallPart {
  const { name, text } = toolCallText(call);
  const part: ToolCallPart = { type: "tool-call", id, name: name ?? "", ...parseToolInput(text) };
  if (!name) throw malformed("The provider's answer holds a tool call without a name", call);
  const metadata = toolCallMetadata(call);
  if (metadata) part.providerMetadata = { [provider]: metadata };
  return part;
}
