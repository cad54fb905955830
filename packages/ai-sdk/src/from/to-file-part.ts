import type { LanguageModelV4FilePart } from "@ai-sdk/provider";
import type { AudioPart, FilePart, ImagePart } from "@llmux/core";
import { mediaSource } from "@llmux/core/media";
import type { PartFacts } from "../shared/llmux-facts.js";
import type { Names } from "./names.js";
import { partOptions } from "./part-options.js";

/** What stands for the media type of a URL that has none of its own. */
const UNKNOWN = { image: "image/*", audio: "audio/*", file: "application/octet-stream" } as const;

export function toFilePart(part: ImagePart | FilePart | AudioPart, names: Names): LanguageModelV4FilePart {
  const source = mediaSource(part);
  const shared = {
    type: "file",
    ...("filename" in part && part.filename !== undefined && { filename: part.filename }),
    ...partOptions(part, names, undefined, transcriptOf(part)),
  } as const;
  switch (source.kind) {
    case "file":
      return {
        ...shared,
        mediaType: part.mediaType ?? UNKNOWN[part.type],
        data: { type: "reference", reference: { [names.key]: source.fileId } as never },
      };
    case "url": {
      const byName = /\.pdf(?:[?#]|$)/i.test(source.url) ? "application/pdf" : UNKNOWN[part.type];
      return { ...shared, mediaType: source.mediaType ?? byName, data: { type: "url", url: new URL(source.url) } };
    }
    default: {
      const data = part.data instanceof Uint8Array ? part.data : source.base64;
      return { ...shared, mediaType: source.mediaType, data: { type: "data", data } };
    }
  }
}

function transcriptOf(part: ImagePart | FilePart | AudioPart): PartFacts | undefined {
  return part.type === "audio" && part.transcript !== undefined ? { transcript: part.transcript } : undefined;
}
