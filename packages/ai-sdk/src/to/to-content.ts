import type { LanguageModelV4Content, LanguageModelV4File, LanguageModelV4Source } from "@ai-sdk/provider";
import type { AssistantPart, AudioPart, FilePart, ImagePart, ProviderPart, TextPart, ToolCallPart } from "@llmux/core";
import { mediaSource } from "@llmux/core/media";
import { toolInputText } from "@llmux/core/tool-calls";
import { toModelCitations } from "../shared/citations.js";
import { LLMUX, withFacts } from "../shared/llmux-facts.js";
import { isModelPart, type ModelPart } from "../shared/model-part.js";

/** The parts of a stream or an answer that come whole. */
type WholePart = ToolCallPart | ProviderPart | ImagePart | FilePart | AudioPart;

export function toContent(content: readonly AssistantPart[]): LanguageModelV4Content[] {
  let sources = 0;
  const nextId = (): string => `source-${sources++}`;
  return content.flatMap((part): LanguageModelV4Content[] => {
    switch (part.type) {
      case "text": {
        const { sources: cited, ...end } = textEnd(part, nextId);
        return [{ type: "text", text: part.text, ...end }, ...cited];
      }
      case "refusal":
        return [{ type: "text", text: part.text, ...withFacts(part.providerMetadata, { refusal: true }) }];
      case "reasoning": {
        const { signature, redacted, id, provider, providerMetadata, text } = part;
        return [{ type: "reasoning", text, ...withFacts(providerMetadata, { signature, redacted, id, provider }) }];
      }
      default:
        return [toWholePart(part)];
    }
  });
}

/** What a text has at its end: its citations, what its provider said of it, and the sources of the citations. */
export function textEnd(
  { citations, providerMetadata }: Pick<TextPart, "citations" | "providerMetadata">,
  nextId: () => string,
): Pick<Extract<LanguageModelV4Content, { type: "text" }>, "citations" | "providerMetadata"> & {
  sources: LanguageModelV4Source[];
} {
  if (!citations?.length) return { ...withFacts(providerMetadata, {}), sources: [] };
  const { sources, citations: cited } = toModelCitations(citations, nextId);
  return {
    ...(cited.length > 0 && { citations: cited }),
    ...withFacts(providerMetadata, { citations }),
    sources,
  };
}

export function toWholePart(part: WholePart): LanguageModelV4File | ModelPart {
  switch (part.type) {
    case "tool-call": {
      const { id, name, providerMetadata } = part;
      return {
        type: "tool-call",
        toolCallId: id,
        toolName: name,
        input: toolInputText(part),
        ...withFacts(providerMetadata, {}),
      };
    }
    case "provider":
      return isModelPart(part.value) ? part.value : toCustom(part);
    default:
      return toFile(part);
  }
}

/** A part of which the AI SDK has no kind; whole among its metadata, so that it can be sent back. */
function toCustom(part: ProviderPart | ImagePart | FilePart | AudioPart): ModelPart {
  const { providerMetadata } = part;
  const kind = part.type === "provider" ? `${part.provider}.part` : `${LLMUX}.${part.type}`;
  return { type: "custom", kind: kind as `${string}.${string}`, ...withFacts(providerMetadata, { part }) };
}

function toFile(part: ImagePart | FilePart | AudioPart): LanguageModelV4File | ModelPart {
  const { data, providerMetadata } = part;
  if (!(data instanceof Uint8Array) && typeof data === "object" && "fileId" in data) return toCustom(part);
  const facts = withFacts(providerMetadata, {
    transcript: part.type === "audio" ? part.transcript : undefined,
    filename: part.type === "file" ? part.filename : undefined,
  });
  const kind = part.type === "file" ? "application/octet-stream" : part.type === "image" ? "image/*" : "audio/*";
  const { mediaType = data instanceof Uint8Array ? undefined : kind } = part;
  const source = mediaSource(mediaType === undefined ? part : ({ ...part, mediaType } as typeof part));
  if (source.kind === "url")
    return {
      type: "file",
      mediaType: source.mediaType ?? kind,
      data: { type: "url", url: new URL(source.url) },
      ...facts,
    };
  const { base64, mediaType: told } = source as { base64: string; mediaType: string };
  return {
    type: "file",
    mediaType: told,
    data: { type: "data", data: data instanceof Uint8Array ? data : base64 },
    ...facts,
  };
}
