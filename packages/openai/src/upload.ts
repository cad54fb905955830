import type { MediaData } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import { base64ToBytes, mediaSource } from "@llmux/core/media";

/** The kinds of files that OpenAI takes, told from their first bytes: offset, bytes, media type. */
const SIGNATURES: readonly [number, string, string][] = [
  [0, "\x89PNG", "image/png"],
  [0, "\xff\xd8\xff", "image/jpeg"],
  [8, "WEBP", "image/webp"],
  [0, "GIF8", "image/gif"],
  [8, "WAVE", "audio/wav"],
  [0, "ID3", "audio/mpeg"],
  [0, "\xff\xfb", "audio/mpeg"],
  [0, "\xff\xf3", "audio/mpeg"],
  [0, "\xff\xf2", "audio/mpeg"],
  [0, "fLaC", "audio/flac"],
  [0, "OggS", "audio/ogg"],
  [0, "\x1a\x45\xdf\xa3", "audio/webm"],
  [4, "ftyp", "audio/mp4"],
];

/** Extensions that differ from the media type's second half. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/wave": "wav",
  "audio/vnd.wave": "wav",
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
};

/** What a file's first bytes say that it is. */
export function sniff(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  return SIGNATURES.find(([offset, signature]) => head.startsWith(signature, offset))?.[2];
}

/**
 * The file of a multipart form. The server goes by the name's extension, so that one is made where none is given.
 *
 * @param parameter The request's parameter, for messages; without a filename the file is named after it
 * @throws LLMError `invalid-request` for what is no media; `unsupported` for a URL or a stored file, which a form can't hold
 */
export function toUpload(
  data: MediaData,
  parameter: string,
  { mediaType, filename }: { mediaType?: string | undefined; filename?: string | undefined } = {},
): File {
  const found = data instanceof Uint8Array ? { bytes: data } : decode(data, parameter);
  const type = mediaType ?? found.type ?? sniff(found.bytes) ?? "";
  const extension = EXTENSIONS[type] ?? type.replace(/^.*\/(x-)?/, "").replace(/[;+].*$/, "");
  const name = filename ?? parameter.replace(/\W.*$/, "") + (extension && `.${extension}`);
  return new File([found.bytes as Uint8Array<ArrayBuffer>], name, { type });
}

const UNKNOWN = "application/octet-stream";

function decode(
  data: Exclude<MediaData, Uint8Array>,
  parameter: string,
): { bytes: Uint8Array; type?: string | undefined } {
  // Of bare base64 the kind is told here, from more signatures than core knows.
  const bare = typeof data === "string" && !data.includes(":");
  try {
    const source = mediaSource({ type: "file", data, mediaType: bare ? UNKNOWN : undefined });
    if (source.kind === "base64")
      return { bytes: base64ToBytes(source.base64), type: bare ? undefined : source.mediaType };
  } catch (cause) {
    const message = `${parameter} must be bytes, base64 or a base64 data URL`;
    throw new LLMError({ kind: "invalid-request", parameter, message, cause });
  }
  const message = `${parameter} must be bytes, base64 or a base64 data URL: it is sent as a file, which can't be a URL or an id`;
  throw new LLMError({ kind: "unsupported", parameter, message });
}
