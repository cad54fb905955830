import type { AssistantPart, TextPart } from "@llmux/core";
import { type AdapterResult, headersToObject } from "@llmux/core/adapter";
import { malformed, readObject, readValue, textIn, toolNameIn } from "@llmux/core/answers";
import { parseToolInput } from "@llmux/core/tool-calls";
import { hasFailed, toFinishReason, toMetadata, toUsage } from "./chat-facts.js";
import { citesText, toCitation } from "./citations.js";
import type { WireChat, WireCitation, WireMessage } from "./wire.js";

/**
 * A whole answer of `v2/chat`.
 * @throws LLMError for an error under status 200 or a reply that Cohere gave up on, and `malformed-response` for what is no reply
 */
export async function fromChat(response: Response): Promise<AdapterResult> {
  const body = await readObject<WireChat>(response);
  const { message, finish_reason } = body;
  if (typeof message === "string") throw (await import("./errors.js")).errorFromBody(body);
  if (hasFailed(finish_reason)) throw (await import("./errors.js")).errorFromFinish(finish_reason, undefined);
  if (typeof message !== "object" || message === null) throw malformed("The answer is no reply of Cohere's", body);
  const { content, rest } = readValue(message, toContent);
  const headers = headersToObject(response.headers);
  const result: AdapterResult = {
    content,
    finishReason: toFinishReason(
      finish_reason,
      content.some(({ type }) => type === "tool-call"),
    ),
    usage: toUsage(body.usage),
    response: { id: body.id ?? undefined, requestId: headers["x-debug-trace-id"], headers },
  };
  const providerMetadata = toMetadata(body.logprobs, rest);
  if (providerMetadata) result.providerMetadata = providerMetadata;
  return result;
}

/** The message's parts, and the citations that stand in none of its texts. */
function toContent(message: WireMessage): { content: AssistantPart[]; rest: WireCitation[] } {
  const content: AssistantPart[] = [];
  const texts = new Map<number, TextPart>();
  const plan = textIn(message.tool_plan);
  if (plan) content.push({ type: "reasoning", text: plan, providerMetadata: { cohere: { tool_plan: true } } });
  const blocks = typeof message.content === "string" ? [{ text: message.content }] : (message.content ?? []);
  for (const [index, block] of blocks.entries()) {
    const thinking = textIn(block?.thinking);
    if (thinking) content.push({ type: "reasoning", text: thinking });
    const text = textIn(block?.text);
    if (!text) continue;
    const part: TextPart = { type: "text", text };
    texts.set(index, part);
    content.push(part);
  }
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const { name, arguments: input } = call?.function ?? {};
    content.push({
      type: "tool-call",
      id: (typeof call?.id === "string" && call.id) || `call_${index}`,
      name: toolNameIn(name),
      ...parseToolInput(textIn(input)),
    });
  }
  const rest: WireCitation[] = [];
  for (const citation of message.citations ?? []) {
    const part = citesText(citation) ? textOf(citation, texts) : undefined;
    if (part) part.citations = [...(part.citations ?? []), toCitation(citation, part.text)];
    else rest.push(citation);
  }
  return { content, rest };
}

/** The text that a citation stands in: the one it names, or else the only one, after thinking that it may not count. */
export function textOf<T>({ content_index }: WireCitation, texts: ReadonlyMap<number, T>): T | undefined {
  return texts.get(content_index ?? 0) ?? (texts.size === 1 ? [...texts.values()][0] : undefined);
}
