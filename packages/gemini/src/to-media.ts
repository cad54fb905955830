import type { AudioPart, FilePart, ImagePart } from "@llmux/core";
import { mediaSource } from "@llmux/core/media";
import type { ModelFacts } from "./model-facts.js";
import type { WirePart } from "./wire.js";

/** What the API wants to be told of a URL's content, by the end of its path. */
const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  pdf: "application/pdf",
  txt: "text/plain",
  html: "text/html",
  csv: "text/csv",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  ogg: "audio/ogg",
  flac: "audio/flac",
  m4a: "audio/mp4",
  mp4: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  mpeg: "video/mpeg",
};

/**
 * An image, file or sound as a part: its bytes inside, or where they are. The API fetches URLs itself; `{ fileId }` is a file's URI, a
 * `gs://` URI, or the name (`files/…`) that the Files API gave it.
 */
export function toMedia(part: ImagePart | FilePart | AudioPart, facts: ModelFacts): WirePart {
  const source = mediaSource(part);
  if (source.kind === "base64") {
    return resolved(part, facts, { inlineData: { mimeType: source.mediaType, data: source.base64 } });
  }
  const uri = source.kind === "url" ? source.url : fileURI(source.fileId);
  const mimeType = part.mediaType ?? typeOfURL(uri);
  return resolved(part, facts, { fileData: { fileUri: uri, ...(mimeType && { mimeType }) } });
}

/** How closely to look at one image is a thing of newer models; older ones take one resolution for all, see to-request.ts. */
function resolved(part: ImagePart | FilePart | AudioPart, { modern }: ModelFacts, wire: WirePart): WirePart {
  const level = part.type === "image" ? resolutionOf(part) : undefined;
  return level && modern ? { ...wire, mediaResolution: { level } } : wire;
}

export function resolutionOf({ detail }: ImagePart): string | undefined {
  return detail === "low" || detail === "high" ? `MEDIA_RESOLUTION_${detail.toUpperCase()}` : undefined;
}

/** A file's name as its URI. It leads to Google whatever the base URL is: that is where the file is kept. */
function fileURI(id: string): string {
  return /^files\/[\w-]+$/.test(id) ? `https://generativelanguage.googleapis.com/v1beta/${id}` : id;
}

function typeOfURL(uri: string): string | undefined {
  const end = /\.(\w+)$/.exec(uri.split(/[?#]/, 1)[0] ?? "")?.[1]?.toLowerCase();
  return end !== undefined && Object.hasOwn(TYPES, end) ? TYPES[end] : undefined;
}
