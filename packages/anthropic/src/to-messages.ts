import type {
  AssistantPart,
  CacheHint,
  FilePart,
  ImagePart,
  ProviderOptions,
  RefusalPart,
  TextPart,
  UserPart,
} from "@llmux/core";
import type { AdapterMessage, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { base64ToBytes, mediaSource } from "@llmux/core/media";

/** A content block as it goes over the wire. */
export type Block = Record<string, unknown> & { type: string };

export interface WireMessage {
  role: "user" | "assistant" | "system";
  content: Block[];
}

/**
 * The conversation in Anthropic's form. System messages before the first turn become the system prompt; a later one stays in its
 * place where the model takes that, else it joins the system prompt, with a warning. Turns of one role are joined, and tool
 * results come first in their turn, as the API demands. Blocks that say nothing, which the API rejects, are left out.
 */
export function toMessages(
  messages: readonly AdapterMessage[],
  context: CallContext,
  systemMessages: boolean,
): { system: Block[]; messages: WireMessage[] } {
  const system: Block[] = [];
  const turns: WireMessage[] = [];
  /** Toolset of each call that belongs to one: its result must name it too. */
  const toolsets = new Map<string, unknown>();
  for (const message of messages) {
    if (message.role === "system") {
      const blocks = message.content.flatMap((part) => textBlock(part));
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
      add(turns, "assistant", content);
      continue;
    }
    const content =
      message.role === "tool"
        ? message.content.map((part) => toolResultBlock(part, context, toolsets.get(part.toolCallId)))
        : message.content.flatMap((part) => userBlock(part, context));
    add(turns, "user", content);
  }
  return { system, messages: turns };
}

function add(turns: WireMessage[], role: "user" | "assistant", content: Block[]): void {
  if (content.length === 0) return;
  const last = turns.at(-1);
  if (last?.role !== role) {
    turns.push({ role, content });
    return;
  }
  if (role === "assistant" || !content.some(isToolResult)) last.content.push(...content);
  else last.content = [...last.content, ...content].sort((a, b) => Number(isToolResult(b)) - Number(isToolResult(a)));
}

function isToolResult(block: Block): boolean {
  return block.type === "tool_result";
}

interface Hints {
  cache?: CacheHint | undefined;
  providerOptions?: ProviderOptions | undefined;
}

/** Adds to a block what the caller said of its part: a cache hint, and fields of Anthropic's own. */
export function withHints<B extends object>(block: B, { cache, providerOptions }: Hints): B {
  if (cache) Object.assign(block, { cache_control: cacheControl(cache) });
  return providerOptions?.anthropic ? Object.assign(block, providerOptions.anthropic) : block;
}

function cacheControl(cache: CacheHint): { type: "ephemeral"; ttl?: "5m" | "1h" } {
  return cache === true ? { type: "ephemeral" } : { type: "ephemeral", ttl: cache.ttl };
}

function textBlock(part: TextPart | RefusalPart): Block[] {
  if (part.text.trim() === "") return [];
  const block: Block = { type: "text", text: part.text };
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
      return textBlock(part);
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
      return textBlock(part);
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
      if (piece.type === "text") return textBlock(piece);
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
