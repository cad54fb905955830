import type {
  AssistantPart,
  AudioPart,
  CacheHint,
  Citation,
  FilePart,
  ImagePart,
  MediaData,
  ProviderPart,
  TextPart,
  UserPart,
} from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import { type Extras, PART } from "./blocks.js";

/** A content block of LangChain's, or of one of the providers whose blocks it lets through. */
export type AnyBlock = { type?: string; [field: string]: unknown };

/** A block that any message may hold. @throws LLMError `invalid-request` for a block of a kind that is not known */
export function fromBlock(block: AnyBlock | string, provider: string): UserPart | TextPart {
  if (typeof block === "string") return { type: "text", text: block };
  const cache = cacheOf(block);
  const part = basicPart(block) ?? mediaPart(block);
  if (part) return { ...part, ...(cache && { cache }) };
  if (block.type === "non_standard") return nonStandard(block.value, provider) as ProviderPart;
  throw new LLMError({
    kind: "invalid-request",
    parameter: "messages",
    message: `A content block of type ${JSON.stringify(block.type)} is of no kind that can be sent`,
  });
}

/** A block of a model's message; `undefined` for one that says what stands elsewhere in the message. */
export function fromAssistantBlock(block: AnyBlock | string, provider: string): AssistantPart | undefined {
  if (typeof block === "string") return { type: "text", text: block };
  const facts = (block.extras ?? {}) as Extras;
  const metadata = facts.providerMetadata && { providerMetadata: facts.providerMetadata };
  switch (block.type) {
    case "text":
      return { type: "text", text: String(block.text ?? ""), ...citationsOf(block), ...metadata };
    case "reasoning": {
      const { transcript: _, ...seal } = facts;
      return { type: "reasoning", text: String(block.reasoning ?? ""), ...seal };
    }
    // As Anthropic's own integration keeps them.
    case "thinking":
      return {
        type: "reasoning",
        text: String(block.thinking ?? ""),
        ...(block.signature ? { signature: String(block.signature) } : {}),
      };
    case "redacted_thinking":
      return { type: "reasoning", text: "", redacted: String(block.data) };
    case "refusal":
      return { type: "refusal", text: String(block.refusal ?? "") };
    case "tool_call":
    case "tool_call_chunk":
    case "invalid_tool_call":
    case "tool_use":
    case "input_json_delta":
      return undefined;
    case "non_standard":
      return nonStandard(block.value, provider);
    default: {
      const part = fromBlock(block, provider) as AssistantPart;
      return {
        ...part,
        ...(facts.transcript !== undefined && { transcript: facts.transcript }),
        ...metadata,
      } as AssistantPart;
    }
  }
}

function nonStandard(value: unknown, provider: string): AssistantPart {
  const own = (value as { [PART]?: AssistantPart } | null)?.[PART];
  return own ?? { type: "provider", provider, value };
}

function citationsOf({ annotations }: AnyBlock): { citations?: Citation[] } {
  if (!Array.isArray(annotations) || annotations.length === 0) return {};
  return {
    citations: (annotations as AnyBlock[]).map((annotation) => {
      const { url, title, citedText: text, startIndex: start, endIndex: end } = annotation;
      const known = Object.entries({ url, title, text, start, end }).filter(([, value]) => value !== undefined);
      return annotation.type === "citation"
        ? Object.fromEntries(known)
        : { ...Object.fromEntries(known), raw: annotation };
    }),
  };
}

function cacheOf({ cache_control: control }: AnyBlock): CacheHint | undefined {
  if (typeof control !== "object" || control === null) return undefined;
  const { ttl } = control as { ttl?: unknown };
  return ttl === "5m" || ttl === "1h" ? { ttl } : true;
}

function basicPart(block: AnyBlock): UserPart | undefined {
  const { type, text } = block;
  if (type === "text" && typeof text === "string") return { type: "text", text };
  const plain = type === "text-plain" || (block.source_type === "text" && typeof text === "string");
  if (plain && typeof text === "string")
    return { type: "file", data: new TextEncoder().encode(text), mediaType: "text/plain", ...filename(block) };
  if (type === "image_url") {
    const said = block.image_url as string | { url: string; detail?: ImagePart["detail"] };
    const { url, detail } = typeof said === "string" ? { url: said, detail: undefined } : said;
    return { type: "image", data: url, ...(detail && { detail }) };
  }
  if (type === "input_audio") {
    const { data, format } = block.input_audio as { data: string; format: string };
    return { type: "audio", data, mediaType: format === "mp3" ? "audio/mpeg" : `audio/${format}` };
  }
  return undefined;
}

const KINDS: Readonly<Record<string, "image" | "file" | "audio">> = {
  image: "image",
  audio: "audio",
  file: "file",
  document: "file",
  video: "file",
  "text-plain": "file",
};

/** Media in LangChain's standard blocks, in its older data blocks, and as OpenAI and Anthropic write it. */
function mediaPart(block: AnyBlock): ImagePart | FilePart | AudioPart | undefined {
  const kind = Object.hasOwn(KINDS, block.type ?? "") && KINDS[block.type as string];
  if (!kind) return undefined;
  const source = (block.source ?? block.file ?? block) as AnyBlock;
  const data = dataOf(source);
  if (data === undefined) return undefined;
  const mediaType = (block.mimeType ?? block.mime_type ?? source.media_type) as string | undefined;
  return { type: kind, data, ...(mediaType && { mediaType }), ...(kind === "file" && filename(block)) } as FilePart;
}

function dataOf(source: AnyBlock): MediaData | undefined {
  const { data, url, fileId, file_id: snakeId, file_data: fileData, id, source_type: older } = source;
  if (data instanceof Uint8Array || typeof data === "string") return data;
  if (typeof fileData === "string") return fileData;
  if (typeof url === "string") return url;
  const stored = fileId ?? snakeId ?? (older === "id" ? id : undefined);
  return typeof stored === "string" ? { fileId: stored } : undefined;
}

function filename(block: AnyBlock): { filename?: string } {
  const { metadata, file, title } = block as { metadata?: AnyBlock; file?: AnyBlock; title?: unknown };
  const name = metadata?.filename ?? metadata?.name ?? metadata?.title ?? file?.filename ?? title;
  return typeof name === "string" ? { filename: name } : {};
}
