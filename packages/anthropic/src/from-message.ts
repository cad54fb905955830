import type { AssistantPart, Citation, ToolCallPart } from "@llmux/core";
import { type AdapterResult, LLMError } from "@llmux/core/adapter";
import { finishFacts, type WireMessage } from "./finish-facts.js";
import { isBlock } from "./is-block.js";
import type { Block } from "./to-messages.js";

/**
 * The message that a response holds.
 * @throws LLMError what it says where it is an error all the same; `malformed-response` for what is no message
 */
export async function readMessage(response: Response): Promise<WireMessage> {
  return parseMessage(await response.text(), response);
}

async function parseMessage(text: string, response: Response): Promise<WireMessage> {
  let message: WireMessage | undefined;
  try {
    message = JSON.parse(text) as WireMessage;
  } catch (cause) {
    throw new LLMError({
      kind: "malformed-response",
      message: "The reply is not JSON",
      status: response.status,
      text,
      cause,
    });
  }
  // Gateways leave the type out.
  if (message?.type === "error" || message?.error) {
    const { errorFromBody } = await import("./errors.js");
    throw errorFromBody(message, response.headers);
  }
  if (Array.isArray(message?.content) && message.content.every(isBlock)) return message;
  throw new LLMError({ kind: "malformed-response", message: "The reply is no message", status: response.status, text });
}

/**
 * The stream in an answer whose label says that it is none: some servers label streams as JSON.
 * @throws LLMError what an error in place of the stream says; `malformed-response` for anything else
 */
export async function streamAllTheSame(response: Response): Promise<string> {
  const text = await response.text();
  if (/^\s*(data|event|id|retry|):/.test(text)) return text;
  await parseMessage(text, response);
  const message = "The provider answered with a whole message where a stream was asked for";
  throw new LLMError({ kind: "malformed-response", message, status: response.status, text });
}

/** Content, finish reason, usage and facts of a whole message. The arguments of `outputTool` are the reply's text. */
export function fromMessage(message: WireMessage, outputTool?: string): Omit<AdapterResult, "response"> {
  const content = (message.content ?? []).map(
    (block): AssistantPart =>
      block.type === "tool_use" && block.name === outputTool
        ? { type: "text", text: JSON.stringify(block.input ?? {}) }
        : fromBlock(block),
  );
  return { content, ...finishFacts(message, !content.some(({ type }) => type === "tool-call")) };
}

/** One content block as a part. What only Anthropic understands is kept whole, to be sent back unchanged. */
export function fromBlock(block: Block): AssistantPart {
  switch (block.type) {
    case "text": {
      const citations = toCitations(block.citations as Block[] | null | undefined);
      return { type: "text", text: (block.text as string) ?? "", ...(citations && { citations }) };
    }
    case "thinking": {
      const signature = block.signature as string | undefined;
      return { type: "reasoning", text: (block.thinking as string) ?? "", ...(signature && { signature }) };
    }
    case "redacted_thinking":
      return { type: "reasoning", text: "", redacted: block.data as string };
    case "tool_use":
      return toolCall(block, { input: block.input ?? {} });
    default:
      return { type: "provider", provider: "anthropic", value: block };
  }
}

/** A tool call with what else the API said of it (`caller`, `toolset_name`), which goes back with it. */
export function toolCall(block: Block, call: Pick<ToolCallPart, "input" | "inputText">): ToolCallPart {
  const { type: _, id, name, input: __, ...rest } = block as Block & { id: string; name: string };
  const part: ToolCallPart = { type: "tool-call", id, name, ...call };
  if (Object.keys(rest).length > 0) part.providerMetadata = { anthropic: rest };
  return part;
}

export function toCitations(citations: readonly Block[] | null | undefined): Citation[] | undefined {
  if (!citations || citations.length === 0) return undefined;
  return citations.map((raw) => {
    const { url, source, title, document_title, cited_text } = raw as Record<string, unknown>;
    const citation: Citation = { raw };
    const where = url ?? source;
    if (typeof where === "string") citation.url = where;
    const name = title ?? document_title;
    if (typeof name === "string") citation.title = name;
    if (typeof cited_text === "string") citation.text = cited_text;
    return citation;
  });
}
