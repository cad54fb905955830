import type { LanguageModelV4File } from "@ai-sdk/provider";
import type { AudioPart, FilePart, ImagePart } from "@llmux/core";
import { splitFacts } from "../shared/llmux-facts.js";

/** A file that a model made, as the part of its kind. */
export function fromFile({ mediaType, data, providerMetadata }: LanguageModelV4File): ImagePart | FilePart | AudioPart {
  const { facts, metadata } = splitFacts(providerMetadata);
  const part = {
    data: data.type === "url" ? String(data.url) : data.data,
    ...(mediaType && { mediaType }),
    ...(metadata && { providerMetadata: metadata }),
  };
  if (mediaType?.startsWith("image/")) return { type: "image", ...part };
  if (!mediaType?.startsWith("audio/"))
    return { type: "file", ...part, ...(facts.filename !== undefined && { filename: facts.filename }) };
  return { type: "audio", ...part, ...(facts.transcript !== undefined && { transcript: facts.transcript }) };
}
