import type { AssistantPart, FilePart, ImagePart, RefusalPart, TextPart, UserPart } from "@llmux/core";
import type { AdapterMessage, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { base64ToBytes, mediaSource } from "@llmux/core/media";
import { modelFacts } from "./model-facts.js";
import { addTurn, type Block, type Conversation, toTextBlock, type WireMessage } from "./to-messages.js";
import { type Hints, withHints } from "./with-hints.js";

/** Any conversation in Anthropic's form, as {@link toMessages} describes it. Loaded with the first that is more than text. */
export function toRichMessages(messages: readonly AdapterMessage[], model: string, context: CallContext): Conversation {
  const { systemMessages } = modelFacts(model);
  const system: Block[] = [];
  const turns: WireMessage[] = [];
  /** Toolset of each call that belongs to one: its result must name it too. */
  const toolsets = new Map<string, unknown>();
  for (const message of messages) {
    if (message.role === "system") {
      const blocks = message.content.flatMap((part) => hintedTextBlock(part));
      const inPlace = systemMessages && turns.at(-1)?.role === "user";
      if (inPlace) turns.push({ role: "system", content: blocks });
      else {
        if (turns.length > 0 && blocks.length > 0) {
          const message = "A system message in mid-conversation was sent as part of the system prompt";
          context.warn({ type: "changed", parameter: "messages", message });
        }
        system.push(...blocks);
      }
      continue;
    }
    if (message.role === "assistant") {
      const content = message.content.flatMap((part) => assistantBlock(part, context));
      for (const { id, toolset_name } of content) if (toolset_name) toolsets.set(id as string, toolset_name);
      addTurn(turns, "assistant", content);
      continue;
    }
    const content =
      message.role === "tool"
        ? message.content.map((part) => toolResultBlock(part, context, toolsets.get(part.toolCallId)))
        : message.content.flatMap((part) => userBlock(part, context));
    const before = turns.at(-1);
    addTurn(turns, "user", content);
    if (before?.role === "user" && content.some(isToolResult)) {
      before.content.sort((a, b) => Number(isToolResult(b)) - Number(isToolResult(a)));
    }
  }
  return { system, messages: turns };
}

function isToolResult(block: Block): boolean {
  return block.type === "tool_result";
}

function hintedTextBlock(part: TextPart | RefusalPart): Block[] {
  const [block] = toTextBlock(part);
  if (!block) return [];
  const citations = (part as TextPart).citations?.flatMap(({ raw }) => (raw ? [citationParam(raw as Block)] : []));
  if (citations && citations.length > 0) block.citations = citations;
  return [withHints(block, part)];
}

/** The API names the file in a citation that it gives, and refuses it in one that it gets. */
function citationParam({ file_id: _, ...citation }: Block): object {
  return citation;
}

function userBlock(part: UserPart, context: CallContext): Block[] {
  switch (part.type) {
    case "text":
      return hintedTextBlock(part);
    case "image":
      return [imageBlock(part)];
    case "file":
      return fileBlock(part, context);
    case "provider":
      return providerBlock(part, context);
    default:
      context.unsupported(`messages: ${part.type} part`, "the Messages API takes text, images and documents");
      return [];
  }
}

function assistantBlock(part: AssistantPart, context: CallContext): Block[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return hintedTextBlock(part);
    case "reasoning":
      if (part.redacted !== undefined) return [{ type: "redacted_thinking", data: part.redacted }];
      if (part.signature) return [{ type: "thinking", thinking: part.text, signature: part.signature }];
      // Another provider's, or the application's own: the API takes back only what it has signed.
      context.warn({ type: "dropped", parameter: "messages", message: "Reasoning without a signature was left out" });
      return [];
    case "tool-call": {
      // The API takes arguments as an object only.
      const input = part.inputText === undefined ? (part.input ?? {}) : { INVALID_JSON: part.inputText };
      const block = { type: "tool_use", id: part.id, name: part.name, input, ...part.providerMetadata?.anthropic };
      return [withHints(block, part)];
    }
    case "provider":
      return providerBlock(part, context);
    default:
      context.unsupported(
        `messages: ${part.type} part of the assistant`,
        "the Messages API takes it from the user only",
      );
      return [];
  }
}

function providerBlock(part: { provider: string; value: unknown } & Hints, context: CallContext): Block[] {
  if (part.provider === "anthropic") return [withHints({ ...(part.value as Block) }, part)];
  context.unsupported(`messages: provider part of ${part.provider}`, "only its own provider understands it");
  return [];
}

function toolResultBlock(part: AdapterToolResultPart, context: CallContext, toolset: unknown): Block {
  const block: Block = { type: "tool_result", tool_use_id: part.toolCallId };
  const { output } = part;
  if (typeof output === "string") block.content = output;
  else {
    block.content = output.flatMap((piece) => {
      if (piece.type === "text") return hintedTextBlock(piece);
      return piece.type === "image" ? [imageBlock(piece)] : fileBlock(piece, context);
    });
  }
  if (part.isError) block.is_error = true;
  if (toolset) block.toolset_name = toolset;
  return withHints(block, part);
}

function imageBlock(part: ImagePart | FilePart): Block {
  const source = mediaSource(part);
  switch (source.kind) {
    case "url":
      return withHints({ type: "image", source: { type: "url", url: source.url } }, part);
    case "file":
      return withHints({ type: "image", source: { type: "file", file_id: source.fileId } }, part);
    default:
      return withHints(
        { type: "image", source: { type: "base64", media_type: source.mediaType, data: source.base64 } },
        part,
      );
  }
}

function fileBlock(part: FilePart, context: CallContext): Block[] {
  const source = mediaSource(part);
  const mediaType = source.kind === "file" ? part.mediaType : source.mediaType;
  if (mediaType?.startsWith("image/")) return [imageBlock(part)];
  const title = part.filename === undefined ? undefined : { title: part.filename };
  const document = (from: object): Block[] => [withHints({ type: "document", source: from, ...title }, part)];
  if (source.kind === "file") return document({ type: "file", file_id: source.fileId });
  if (source.kind === "url") return document({ type: "url", url: source.url });
  if (mediaType === "application/pdf") return document({ type: "base64", media_type: mediaType, data: source.base64 });
  if (mediaType?.startsWith("text/") || mediaType === "application/json") {
    const data = new TextDecoder().decode(base64ToBytes(source.base64));
    return document({ type: "text", media_type: "text/plain", data });
  }
  context.unsupported(`messages: file of type ${mediaType}`, "documents are PDF or text");
  return [];
}
