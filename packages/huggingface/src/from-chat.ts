import type { AssistantPart, ToolCallPart } from "@llmux/core";
import { type AdapterResult, headersToObject } from "@llmux/core/adapter";
import { malformed, readObject, readValue, textIn, toolNameIn } from "@llmux/core/answers";
import { parseToolInput } from "@llmux/core/tool-calls";
import { reasoningFieldOf, toFinishReason, toMetadata, toResponse, toUsage } from "./chat-facts.js";
import { toolCallsIn, type WireCompletion, type WireMessage, type WireToolCall } from "./wire.js";

/**
 * A whole answer. Of several choices the first is read.
 * @throws LLMError for an error under status 200, and `malformed-response` for what is no reply
 */
export async function fromChat(response: Response): Promise<AdapterResult> {
  const body = await readObject<WireCompletion>(response);
  const choice = Array.isArray(body.choices) ? body.choices[0] : undefined;
  if (!choice?.message) {
    if (body.error) throw (await import("./errors.js")).errorFromBody(body);
    throw malformed("The answer is no chat completion", body);
  }
  const { message } = choice;
  const content = readValue(message, toContent);
  const headers = headersToObject(response.headers);
  const result: AdapterResult = {
    content,
    finishReason: toFinishReason(
      choice.finish_reason,
      content.some(({ type }) => type === "tool-call"),
      content.some(({ type }) => type === "refusal"),
    ),
    usage: toUsage(body.usage),
    response: { ...toResponse(body), requestId: headers["x-request-id"], headers },
  };
  const providerMetadata = toMetadata(body.system_fingerprint, choice.logprobs?.content);
  if (providerMetadata) result.providerMetadata = providerMetadata;
  return result;
}

function toContent(message: WireMessage): AssistantPart[] {
  const content: AssistantPart[] = [];
  const field = reasoningFieldOf(message);
  if (field) {
    content.push({ type: "reasoning", text: textIn(message[field]), providerMetadata: { huggingface: { field } } });
  }
  const text = textIn(message.content);
  if (text !== "") content.push({ type: "text", text });
  const refusal = textIn(message.refusal);
  if (refusal !== "") content.push({ type: "refusal", text: refusal });
  content.push(...toolCallsIn(message).map(toToolCall));
  return content;
}

function toToolCall(call: WireToolCall, index: number): ToolCallPart {
  const { name, arguments: input } = call.function ?? {};
  const parsed = typeof input === "object" && input !== null ? { input } : parseToolInput(textIn(input));
  return { type: "tool-call", id: toCallId(call, index), name: toolNameIn(name), ...parsed };
}

/** A call's id; older versions of TGI give all the number 0. */
export function toCallId({ id }: WireToolCall, index: number): string {
  return typeof id === "string" && id !== "" && id !== "0" ? id : `call_${index}`;
}
