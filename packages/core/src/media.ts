import { bytesToBase64 } from "./base64.js";
import type { AudioPart, FilePart, ImagePart } from "./content.js";
import { LLMError } from "./errors.js";

export { base64ToBytes, bytesToBase64 } from "./base64.js";

/** A part's bytes, in the one of three forms that an adapter can choose its wire form from. */
export type MediaSource =
  | { kind: "base64"; base64: string; mediaType: string }
  | { kind: "url"; url: string; mediaType: string | undefined }
  | { kind: "file"; fileId: string };

/**
 * Where a part's data comes from. The media type is the part's own, or a data URL's, or told from the first bytes.
 * @throws LLMError `invalid-request` for a string that is neither base64 nor a URL, or for bytes of no known kind
 */
export function mediaSource(part: ImagePart | FilePart | AudioPart): MediaSource {
  const { data } = part;
  if (data instanceof Uint8Array) return inline(part, bytesToBase64(data));
  const text = data instanceof URL ? data.href : data;
  if (typeof text !== "string") {
    if (typeof text?.fileId === "string") return { kind: "file", fileId: text.fileId };
    throw invalid(part, "must be bytes, base64, a URL or { fileId }");
  }
  if (/^https?:/i.test(text)) return { kind: "url", url: text, mediaType: part.mediaType };
  const dataURL = /^data:([^;,]*)(?:;[^,;]*)*?;base64,/i.exec(text);
  if (dataURL) return inline(part, standardBase64(text.slice(dataURL[0].length)), dataURL[1]);
  if (text.includes(":"))
    throw invalid(part, "is a URL of a kind that can't be sent; use http, https or a base64 data URL");
  const base64 = standardBase64(text);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64.slice(0, 256))) throw invalid(part, "is not base64");
  return inline(part, base64);
}

/** Base64 as the providers take it: without the line breaks of MIME and in the usual alphabet, not that for URLs. */
function standardBase64(text: string): string {
  if (!/[\s_-]/.test(text)) return text;
  return text.replace(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/");
}

function inline(part: ImagePart | FilePart | AudioPart, base64: string, said?: string): MediaSource {
  const mediaType = part.mediaType ?? (said || undefined) ?? sniff(base64);
  if (!mediaType) throw invalid(part, "has bytes of no known kind; give its mediaType");
  return { kind: "base64", base64, mediaType };
}

function invalid(part: { type: string }, message: string): LLMError {
  return new LLMError({
    kind: "invalid-request",
    parameter: `${part.type}.data`,
    message: `${part.type}.data ${message}`,
  });
}

/** Media types by the base64 of their first bytes. */
const SIGNATURES: readonly [RegExp, string][] = [
  [/^iVBORw0KGgo/, "image/png"],
  [/^\/9j\//, "image/jpeg"],
  [/^R0lGOD/, "image/gif"],
  [/^UklGR.{6}XRUJQ/, "image/webp"],
  [/^JVBERi/, "application/pdf"],
  [/^UklGR.{6}XQVZF/, "audio/wav"],
  [/^(SUQz|\/\/)/, "audio/mpeg"],
  [/^ZkxhQ/, "audio/flac"],
  [/^T2dnU/, "audio/ogg"],
];

function sniff(base64: string): string | undefined {
  return SIGNATURES.find(([signature]) => signature.test(base64))?.[1];
}

/** A part's data as a URL: the URL it was given, or a `data:` URL of its bytes. */
export function toDataURL(source: Exclude<MediaSource, { kind: "file" }>): string {
  return source.kind === "url" ? source.url : `data:${source.mediaType};base64,${source.base64}`;
}
