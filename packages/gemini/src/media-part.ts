import type { AudioPart, FilePart, ImagePart } from "@llmux/core";
import type { WirePart } from "./wire.js";

/** What the model made that is neither text nor a call: pictures and sounds. `undefined` for a part that holds none. */
export function mediaPart({ inlineData, fileData }: WirePart): ImagePart | FilePart | AudioPart | undefined {
  const uri = fileData?.fileUri;
  const data = inlineData?.data ?? (uri && (/^https?:/i.test(uri) ? uri : { fileId: uri }));
  if (!data) return undefined;
  const mediaType = inlineData?.mimeType ?? fileData?.mimeType ?? undefined;
  const kind = mediaType?.split("/", 1)[0];
  return { type: kind === "image" || kind === "audio" ? kind : "file", data, ...(mediaType && { mediaType }) };
}
