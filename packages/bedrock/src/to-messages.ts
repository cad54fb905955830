import type { AssistantPart, CacheHint, Citation, TextPart, ToolOutputPart, UserPart } from "@llmux/core";
import type { AdapterMessage, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import type { ModelFacts } from "./model-facts.js";
import { withBase64 } from "./with-base64.js";

/** A content block as it goes over the wire. */
export type Block = Record<string, unknown>;

export interface WireMessage {
  role: "user" | "assistant";
  content: Block[];
}

export interface Conversation {
  system: Block[];
  messages: WireMessage[];
  /** Whether a tool was called: Converse then wants to know the tools. */
  usesTools: boolean;
}

interface Writer {
  facts: ModelFacts;
  context: CallContext;
  media: typeof import("./media-block.js") | undefined;
  /** Names of the documents so far, each of which Converse wants but once. */
  documents: Set<string>;
}

const MEDIA = new Set(["image", "file", "audio"]);

/**
 * The conversation in Converse's form. System messages become the system prompt, with a warning for one in mid-conversation. Turns of
 * one role are joined. Blank texts, which the API rejects, are left out.
 */
export async function toMessages(
  messages: readonly AdapterMessage[],
  facts: ModelFacts,
  context: CallContext,
): Promise<Conversation> {
  const hasMedia = messages.some(({ content }) =>
    content.some((part) => MEDIA.has(part.type) || (part.type === "tool-result" && typeof part.output !== "string")),
  );
  const media = hasMedia ? await import("./media-block.js") : undefined;
  const writer: Writer = { facts, context, media, documents: new Set() };
  const system: Block[] = [];
  const turns: WireMessage[] = [];
  let usesTools = false;
  for (const message of messages) {
    if (message.role === "system") {
      if (turns.length > 0 && message.content.length > 0) {
        const text = "A system message in mid-conversation was sent as part of the system prompt";
        context.warn({ type: "changed", parameter: "messages", message: text });
      }
      system.push(...message.content.flatMap((part) => withCache(textBlock(part), part.cache)));
      continue;
    }
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = (message.content as readonly (UserPart | AssistantPart | AdapterToolResultPart)[]).flatMap(
      (part) => {
        if (part.type === "tool-call" || part.type === "tool-result") usesTools = true;
        return withCache(
          role === "assistant" ? assistantBlock(part as AssistantPart, writer) : userBlock(part as UserPart, writer),
          part.cache,
        );
      },
    );
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  }
  return { system, messages: turns, usesTools };
}

/** A block with the mark after it that ends the prefix to be cached. */
export function withCache(block: Block | undefined, cache: CacheHint | undefined): Block[] {
  if (!block) return [];
  if (!cache) return [block];
  return [block, { cachePoint: { type: "default", ...(cache !== true && { ttl: cache.ttl }) } }];
}

function textBlock(part: TextPart): Block | undefined {
  const { text, citations, providerOptions } = part;
  const raw = citations?.map((citation: Citation) => citation.raw);
  if (raw?.length && raw.every(isCitation)) {
    return { citationsContent: { ...(text && { content: [{ text }] }), citations: raw } };
  }
  if (text.trim() === "") return undefined;
  const guard = providerOptions?.bedrock?.guardContent;
  if (guard) return { guardContent: { text: { text, ...(typeof guard === "object" && guard) } } };
  return { text };
}

/** Whether a citation is one of Bedrock's own, which it takes back. */
function isCitation(raw: unknown): boolean {
  return typeof raw === "object" && raw !== null && ("location" in raw || "sourceContent" in raw);
}

function userBlock(part: UserPart | AdapterToolResultPart, writer: Writer): Block | undefined {
  switch (part.type) {
    case "text":
      return textBlock(part);
    case "provider":
      return providerBlock(part, writer);
    case "tool-result":
      return toolResultBlock(part, writer);
    default:
      return writer.media?.mediaBlock(part, writer);
  }
}

function assistantBlock(part: AssistantPart, writer: Writer): Block | undefined {
  const { facts, context } = writer;
  switch (part.type) {
    case "text":
      return textBlock(part);
    case "refusal":
      return textBlock({ type: "text", text: part.text });
    case "reasoning": {
      if (part.redacted !== undefined) return { reasoningContent: { redactedContent: part.redacted } };
      if (part.signature)
        return { reasoningContent: { reasoningText: { text: part.text, signature: part.signature } } };
      // Claude takes back only what it has signed, and DeepSeek nothing; the others sign nothing.
      const refused = facts.family === "claude" || facts.family === "deepseek" || part.text.trim() === "";
      if (!refused) return { reasoningContent: { reasoningText: { text: part.text } } };
      const message = "Reasoning without a signature was left out: this model does not take it back";
      context.warn({ type: "dropped", parameter: "messages", message });
      return undefined;
    }
    case "tool-call": {
      // Converse takes arguments as an object only.
      const input = part.inputText === undefined ? (part.input ?? {}) : { INVALID_JSON: part.inputText };
      return { toolUse: { toolUseId: part.id, name: part.name, input, ...fieldsOf(part) } };
    }
    case "provider":
      return providerBlock(part, writer);
    case "image":
      // What a model drew goes back as it came.
      return writer.media?.mediaBlock(part, writer);
    default:
      context.unsupported(`messages: ${part.type} part of the assistant`, "Converse takes it from the user only");
      return undefined;
  }
}

/** What only Bedrock understands of a part. */
function fieldsOf({ providerOptions }: Pick<TextPart, "providerOptions">): Block {
  return withBase64(providerOptions?.bedrock ?? {}) as Block;
}

function providerBlock(part: { provider: string; value: unknown }, { context }: Writer): Block | undefined {
  if (part.provider === "bedrock") return withBase64(part.value) as Block;
  context.unsupported(`messages: provider part of ${part.provider}`, "only its own provider understands it");
  return undefined;
}

function toolResultBlock(part: AdapterToolResultPart, writer: Writer): Block {
  const { output, isError, toolCallId } = part;
  const parts: readonly ToolOutputPart[] = typeof output === "string" ? [{ type: "text", text: output }] : output;
  const content = parts.flatMap((piece) => {
    const block = piece.type === "text" ? textBlock(piece) : writer.media?.mediaBlock(piece, writer);
    return block ? [block] : [];
  });
  const result: Block = { toolUseId: toolCallId, content, ...fieldsOf(part) };
  if (isError && writer.facts.toolStatus) result.status = "error";
  else if (isError) {
    const message = "That a tool failed was left out of its result: this model takes no status";
    writer.context.warn({ type: "dropped", parameter: "messages", message });
  }
  return { toolResult: result };
}
