import type { AudioPart, FilePart, ImagePart } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import { mediaSource } from "@llmux/core/media";
import type { Block } from "./to-messages.js";
import { withBase64 } from "./with-base64.js";

type MediaPart = ImagePart | FilePart | AudioPart;

/** Kind of block and format, by media type. From the enumerations of https://docs.aws.amazon.com/bedrock/latest/APIReference/ */
const FORMATS: Readonly<Record<string, readonly ["image" | "document" | "video" | "audio", string]>> = {
  "image/png": ["image", "png"],
  "image/jpeg": ["image", "jpeg"],
  "image/jpg": ["image", "jpeg"],
  "image/gif": ["image", "gif"],
  "image/webp": ["image", "webp"],
  "application/pdf": ["document", "pdf"],
  "text/csv": ["document", "csv"],
  "application/msword": ["document", "doc"],
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ["document", "docx"],
  "application/vnd.ms-excel": ["document", "xls"],
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["document", "xlsx"],
  "text/html": ["document", "html"],
  "text/markdown": ["document", "md"],
  "application/json": ["document", "txt"],
  "video/mp4": ["video", "mp4"],
  "video/quicktime": ["video", "mov"],
  "video/x-matroska": ["video", "mkv"],
  "video/webm": ["video", "webm"],
  "video/x-flv": ["video", "flv"],
  "video/mpeg": ["video", "mpeg"],
  "video/x-ms-wmv": ["video", "wmv"],
  "video/3gpp": ["video", "three_gp"],
  "audio/mpeg": ["audio", "mp3"],
  "audio/mp3": ["audio", "mp3"],
  "audio/wav": ["audio", "wav"],
  "audio/x-wav": ["audio", "wav"],
  "audio/wave": ["audio", "wav"],
  "audio/flac": ["audio", "flac"],
  "audio/ogg": ["audio", "ogg"],
  "audio/opus": ["audio", "opus"],
  "audio/aac": ["audio", "aac"],
  "audio/mp4": ["audio", "mp4"],
  "audio/x-m4a": ["audio", "m4a"],
  "audio/webm": ["audio", "webm"],
  "audio/x-matroska": ["audio", "mka"],
  "audio/l16": ["audio", "pcm"],
};

/** Media types by the ending of an object's name in S3. */
const ENDINGS: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  txt: "text/plain",
  "3gp": "video/3gpp",
  pcm: "audio/l16",
};

/** A picture, document, video or sound as a block: by its bytes, or by where it lies in S3 (`s3://bucket/key`). */
export function mediaBlock(
  part: MediaPart,
  { context, documents }: { context: CallContext; documents: Set<string> },
): Block | undefined {
  const { bucketOwner, ...options } = withBase64(part.providerOptions?.bedrock ?? {}) as Block;
  const href = part.data instanceof URL ? part.data.href : part.data;
  let source: Block;
  let mediaType: string | undefined;
  if (typeof href === "string" && href.startsWith("s3://")) {
    source = { s3Location: { uri: href, ...(bucketOwner ? { bucketOwner } : undefined) } };
    mediaType = part.mediaType ?? typeOfEnding(href);
  } else {
    const from = mediaSource(part);
    if (from.kind !== "base64") {
      const what = from.kind === "url" ? "by http(s) URL" : "by file id";
      context.unsupported(`messages: ${part.type} ${what}`, "Bedrock takes bytes, or an s3:// URL");
      return undefined;
    }
    source = { bytes: from.base64 };
    mediaType = from.mediaType;
  }
  const [plain = ""] = (mediaType ?? "").toLowerCase().split(";");
  const [kind, format] = FORMATS[plain] ?? (plain.startsWith("text/") ? (["document", "txt"] as const) : []);
  if (!kind) {
    context.unsupported(`messages: ${part.type} of type ${mediaType}`, "Converse has no format for it");
    return undefined;
  }
  const block: Block = { format, ...(kind === "document" && { name: nameOf(part, documents) }), source };
  return { [kind]: Object.assign(block, options) };
}

function typeOfEnding(href: string): string | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(href)?.[1]?.toLowerCase() ?? "";
  return ENDINGS[ending] ?? Object.keys(FORMATS).find((type) => FORMATS[type]?.[1] === ending);
}

/** A name in the letters that Converse allows, and no other document's. */
function nameOf(part: MediaPart, taken: Set<string>): string {
  const given = "filename" in part ? part.filename?.replace(/\.[a-z0-9]+$/i, "") : undefined;
  const clean =
    (given ?? "")
      .replace(/[^A-Za-z0-9\s()[\]-]+/g, "-")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 180) || "document";
  let name = clean;
  for (let count = 2; taken.has(name); count++) name = `${clean} ${count}`;
  taken.add(name);
  return name;
}
