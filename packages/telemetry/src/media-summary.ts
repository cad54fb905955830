import type { AudioPart, FilePart, ImagePart, MediaData } from "@llmux/core";

type Media = ImagePart | FilePart | AudioPart;

/** An image, a file or a sound as the conventions' parts have it, without its bytes: where they would stand is their number. */
export function mediaSummary(part: Media): Record<string, unknown> {
  const { data } = part;
  const mediaType = part.mediaType ?? typeOfDataURL(data);
  const facts = {
    modality: modalityOf(part.type, mediaType),
    ...(mediaType !== undefined && { mime_type: mediaType }),
  };
  if (typeof data === "object" && "fileId" in data) return { type: "file", ...facts, file_id: data.fileId };
  const url = addressOf(data);
  if (url !== undefined) return { type: "uri", ...facts, uri: url };
  return { type: "blob", ...facts, content: "", size: sizeOf(data) };
}

function modalityOf(type: Media["type"], mediaType: string | undefined): string {
  if (type !== "file") return type;
  const [kind = ""] = mediaType?.split("/") ?? [];
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "document";
}

/** An address on the web without what may give access: a signature in its query, a password. */
function addressOf(data: MediaData): string | undefined {
  const text = data instanceof URL ? data.href : data;
  if (typeof text !== "string" || !/^https?:/i.test(text)) return undefined;
  if (!URL.canParse(text)) return "";
  const { origin, pathname } = new URL(text);
  return origin + pathname;
}

function typeOfDataURL(data: MediaData): string | undefined {
  const text = data instanceof URL ? data.href : data;
  return typeof text === "string" ? /^data:([\w.+-]+\/[\w.+-]+)[;,]/i.exec(text.slice(0, 256))?.[1] : undefined;
}

/** Bytes; of base64 as far as its length tells. */
function sizeOf(data: MediaData): number | undefined {
  if (data instanceof Uint8Array) return data.byteLength;
  const text = data instanceof URL ? data.href : data;
  if (typeof text !== "string") return undefined;
  const length = text.length - (text.startsWith("data:") ? text.indexOf(",") + 1 : 0);
  return Math.floor((length * 3) / 4) - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
}
