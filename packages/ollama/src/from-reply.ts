import type { AssistantPart } from "@llmux/core";
import { type AdapterMessage, type AdapterResult, withHeaders } from "@llmux/core/adapter";
import { isReply, type Reply, textOf, thinkingOf } from "./reply.js";
import { finishReasonOf, metadataOf, responseOf, usageOf } from "./reply-facts.js";

/**
 * A whole answer of `/api/chat` or `/api/generate`, to these messages.
 * @throws LLMError for an error under status 200, and `malformed-response` for what is no finished reply
 */
export async function fromReply(
  reply: Reply,
  response: Response,
  model: string,
  messages: readonly AdapterMessage[],
): Promise<AdapterResult> {
  if (!isReply(reply) || reply.done !== true) throw (await import("./errors.js")).errorFromReply(reply, model);
  const content: AssistantPart[] = [];
  const thinking = thinkingOf(reply);
  if (thinking) content.push({ type: "reasoning", text: thinking });
  const text = textOf(reply);
  if (text) content.push({ type: "text", text });
  const calls = reply.message?.tool_calls ?? [];
  if (calls.length !== 0) {
    const { ToolCallReader } = await import("./tool-call-reader.js");
    content.push(...new ToolCallReader(messages).read(calls));
  }
  const result: AdapterResult = {
    content,
    finishReason: finishReasonOf(reply, calls.length > 0),
    usage: usageOf(reply),
    response: withHeaders(responseOf(reply), response.headers),
  };
  const providerMetadata = metadataOf(reply, reply.logprobs);
  if (providerMetadata) result.providerMetadata = providerMetadata;
  return result;
}
