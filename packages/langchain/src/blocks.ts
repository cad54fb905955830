import type { ContentBlock } from "@langchain/core/messages";
import type {
  AssistantPart,
  AudioPart,
  Citation,
  FilePart,
  ImagePart,
  ProviderMetadata,
  ProviderPart,
} from "@llmux/core";

/** What llmux knows of a block beyond LangChain's words for it, in the block's `extras`. Plain JSON. */
export interface Extras {
  signature?: string;
  redacted?: string;
  id?: string;
  /** The adapter whose seal the reasoning bears. */
  provider?: string;
  providerMetadata?: ProviderMetadata;
  transcript?: string;
}

/** The same of what LangChain keeps as bare strings and calls, in a message's `additional_kwargs.llmux`. */
export interface MessageFacts {
  /** By the place of the text among the message's texts. */
  texts?: Record<string, { citations?: readonly Citation[]; providerMetadata?: ProviderMetadata }>;
  /** By the id of the call. */
  toolCalls?: Record<string, { providerMetadata?: ProviderMetadata }>;
}

/** The key of a non-standard block's value under which stands the part that it is. */
export const PART = "llmux_part";

type Block = ContentBlock & Record<string, unknown>;

/** A part as one of LangChain's standard content blocks. Tool calls stand apart from the content. */
export function toBlock(part: Exclude<AssistantPart, { type: "tool-call" }>): Block {
  switch (part.type) {
    case "text":
      return {
        type: "text",
        text: part.text,
        ...(part.citations && { annotations: part.citations.map(toCitation) }),
        ...extras({ providerMetadata: part.providerMetadata }),
      };
    case "reasoning": {
      const { signature, redacted, id, provider, providerMetadata } = part;
      return {
        type: "reasoning",
        reasoning: part.text,
        ...extras({ signature, redacted, id, provider, providerMetadata }),
      };
    }
    case "refusal":
      return { type: "refusal", refusal: part.text };
    default:
      return toWholeBlock(part);
  }
}

export function toWholeBlock(part: ImagePart | FilePart | AudioPart | ProviderPart): Block {
  if (part.type === "provider") return { type: "non_standard", value: { [PART]: part } };
  const { data, mediaType, providerMetadata } = part;
  const transcript = part.type === "audio" ? part.transcript : undefined;
  return {
    type: part.type,
    ...sourceOf(data),
    ...(mediaType !== undefined && { mimeType: mediaType }),
    ...("filename" in part && part.filename !== undefined && { metadata: { filename: part.filename } }),
    ...extras({ transcript, providerMetadata }),
  };
}

function sourceOf(data: ImagePart["data"]): { url: string } | { data: string | Uint8Array } | { fileId: string } {
  if (data instanceof Uint8Array) return { data };
  if (data instanceof URL) return { url: data.href };
  if (typeof data !== "string") return { fileId: data.fileId };
  return /^(https?|data):/i.test(data) ? { url: data } : { data };
}

function toCitation({ url, title, text, start, end }: Citation): ContentBlock.Citation {
  return {
    type: "citation",
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(text !== undefined && { citedText: text }),
    ...(start !== undefined && { startIndex: start }),
    ...(end !== undefined && { endIndex: end }),
  };
}

export function extras(facts: { [Key in keyof Extras]: Extras[Key] | undefined }): { extras?: Extras } {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return known.length > 0 ? { extras: Object.fromEntries(known) as Extras } : {};
}
