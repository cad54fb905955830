import type { AudioPart, Citation, ImagePart } from "@llmux/core";
import type { WireAnnotation, WireAudio, WireImage, WireMessage, WireReasoning, WireToolCall } from "./chat-facts.js";

/** Hands on the text and the reasoning of a content that may come in parts. */
export function readContent(
  content: WireMessage["content"],
  add: (type: "text" | "reasoning", text: string | undefined) => void,
): void {
  if (typeof content === "string") add("text", content);
  else if (content) {
    for (const { type, text, thinking } of content) {
      if (type === "thinking") {
        add("reasoning", typeof thinking === "string" ? thinking : thinking?.map((piece) => piece.text ?? "").join(""));
      } else add("text", text);
    }
  }
}

/** The words of the details of reasoning; what is encrypted has none. */
export function reasoningText(details: readonly WireReasoning[]): string {
  return details.map(({ text, summary }) => text ?? summary ?? "").join("");
}

/** Adds details to those before them. A text or a summary that a stream gives in pieces becomes one again. */
export function addReasoning(all: WireReasoning[], details: readonly WireReasoning[]): void {
  for (const detail of details) {
    const last = all[all.length - 1];
    const field =
      detail.type === "reasoning.text" ? "text" : detail.type === "reasoning.summary" ? "summary" : undefined;
    if (!field || !last || last.type !== detail.type || last.index !== detail.index) {
      all.push({ ...detail });
      continue;
    }
    const told = Object.entries(detail).filter(([, value]) => value !== undefined && value !== null);
    Object.assign(last, Object.fromEntries(told), { [field]: (last[field] ?? "") + (detail[field] ?? "") });
  }
}

/** The name and the arguments, as text, of a call or of a piece of one. */
export function toolCallText(call: WireToolCall): { name: string | undefined; text: string } {
  const { function: fn } = call;
  const custom = isCustom(call) ? call.custom : undefined;
  const input = custom ? custom.input : fn?.arguments;
  const text = typeof input === "string" ? input : input === undefined || input === null ? "" : JSON.stringify(input);
  return { name: (custom ?? fn)?.name ?? undefined, text };
}

/** Some servers (Snowflake) fill in both forms, one of them with nothing. */
function isCustom({ function: fn, custom }: WireToolCall): boolean {
  return !!custom && !fn?.name;
}

/** What a call must be sent back with: that it is a custom tool's, and what a server adds of its own (Gemini's signatures). */
export function toolCallMetadata(call: WireToolCall): Record<string, unknown> | undefined {
  const { index: _index, id: _id, type, function: _function, custom: _custom, ...rest } = call;
  if (isCustom(call)) return { type: type ?? "custom", ...rest };
  return Object.keys(rest).length > 0 ? rest : undefined;
}

/** An id for a call that the server gave none: the same in a stream and in a whole answer. */
export function madeUpId(completionId: string | null | undefined, index: number): string {
  return `${completionId || "call"}_${index}`;
}

/** URL citations; `start` and `end` are as the provider counts. */
export function toCitations(annotations: readonly WireAnnotation[] | null | undefined): Citation[] | undefined {
  if (!annotations || annotations.length === 0) return undefined;
  return annotations.map((raw) => {
    const { url, title, start_index: start, end_index: end } = raw.url_citation ?? {};
    return { url, title, start, end, raw };
  });
}

/** The image that a model drew: a URL, mostly of the data itself. */
export function toImage({ image_url }: WireImage): ImagePart[] {
  const { url } = image_url ?? {};
  if (!url) return [];
  const mediaType = /^data:([^;,]+)/.exec(url)?.[1];
  return [{ type: "image", data: url, ...(mediaType && { mediaType }) }];
}

/** Media types by the names of `audio.format`. */
const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: "audio/mpeg", pcm16: "audio/pcm" };

export function toAudio(audio: WireAudio, provider: string, format = "wav"): AudioPart {
  const { data = "", transcript, ...rest } = audio;
  const mediaType = AUDIO_TYPES[format] ?? `audio/${format}`;
  return { type: "audio", data, mediaType, transcript, providerMetadata: { [provider]: rest } };
}
