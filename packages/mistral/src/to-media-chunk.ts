import type { AudioPart, FilePart, ImagePart } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import { type MediaSource, mediaSource, toDataURL } from "@llmux/core/media";
import type { WireChunk } from "./wire.js";

/**
 * An image, a document or a recording as a piece of content; `undefined` for what Mistral can't take.
 * See https://docs.mistral.ai/capabilities/vision/, `/document_ai/document_qna/` and `/audio/`.
 */
export function toMediaChunk(part: ImagePart | FilePart | AudioPart, context: CallContext): WireChunk | undefined {
  const source = mediaSource(part);
  switch (kindOf(part, source)) {
    case "audio":
      if (source.kind !== "file") {
        return { type: "input_audio", input_audio: source.kind === "base64" ? source.base64 : source.url };
      }
      context.unsupported("audio.data.fileId", "Mistral takes a recording as bytes or by URL");
      return undefined;
    case "image": {
      if (source.kind === "file") return { type: "file", file_id: source.fileId };
      const url = toDataURL(source);
      const detail = part.type === "image" ? part.detail : undefined;
      return { type: "image_url", image_url: detail ? ({ url, detail } as { url: string }) : url };
    }
    case "file": {
      if (source.kind === "file") return { type: "file", file_id: source.fileId };
      const name = part.type === "file" && part.filename !== undefined ? { document_name: part.filename } : undefined;
      return { type: "document_url", document_url: toDataURL(source), ...name };
    }
  }
}

/** A file that is an image or a recording is sent as one. */
function kindOf({ type }: ImagePart | FilePart | AudioPart, source: MediaSource): "image" | "file" | "audio" {
  if (type !== "file" || source.kind === "file") return type;
  const [kind] = (source.mediaType ?? "").split("/");
  return kind === "image" || kind === "audio" ? kind : "file";
}
