import type { Citation } from "@llmux/core";
import { listOf, type WireCandidate, type WireGrounding, type WireSegment, type WireSource } from "./wire.js";

/** What a text rests on: the sources of its grounding (Search, Maps, files), and passages that it recites. */
export function citationsOf(
  { groundingMetadata, citationMetadata }: WireCandidate,
  text: string,
): Citation[] | undefined {
  const offsets = new Offsets(text);
  const citations = [
    ...groundingOf(groundingMetadata ?? {}, offsets),
    ...[...listOf(citationMetadata?.citationSources), ...listOf(citationMetadata?.citations)].map((source) =>
      recitation(source, offsets),
    ),
  ];
  return citations.length > 0 ? citations : undefined;
}

/** One citation for each source of each passage. */
function groundingOf({ groundingChunks, groundingSupports }: WireGrounding, offsets: Offsets): Citation[] {
  return listOf(groundingSupports).flatMap((support) => {
    const place = offsets.find(support.segment ?? {});
    const indices = support.groundingChunkIndices;
    return (Array.isArray(indices) ? (indices as readonly number[]) : []).flatMap((index) => {
      const chunk = groundingChunks?.[index];
      // `web`, `maps`, `image`, `retrievedContext`, and what is still to come: they all have a URI and a title.
      const source = Object.values(chunk ?? {}).find((value) => typeof value === "object" && value !== null);
      if (!source) return [];
      const citation: Citation = { ...place, raw: { support, chunk } };
      if (typeof source.uri === "string") citation.url = source.uri;
      if (typeof source.title === "string") citation.title = source.title;
      if (typeof support.segment?.text === "string") citation.text = support.segment.text;
      return [citation];
    });
  });
}

function recitation(source: WireSource, offsets: Offsets): Citation {
  const citation: Citation = { ...offsets.find(source), raw: source };
  if (source.uri) citation.url = source.uri;
  if (source.title) citation.title = source.title;
  return citation;
}

/** Google counts in bytes of UTF-8, JavaScript in UTF-16 units. */
class Offsets {
  readonly #text: string;
  #bytes: Uint8Array | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where a passage is, if it is in this text: the offsets that are given are those of another part now and then. */
  find({ startIndex, endIndex, text }: WireSegment): Pick<Citation, "start" | "end"> | undefined {
    if (typeof endIndex === "number") {
      const start = this.#at(startIndex ?? 0);
      const end = this.#at(endIndex);
      const fits = start !== undefined && end !== undefined && start < end;
      if (fits && (typeof text !== "string" || this.#text.slice(start, end) === text)) return { start, end };
    }
    const start = text ? this.#text.indexOf(text) : -1;
    return start === -1 ? undefined : { start, end: start + (text as string).length };
  }

  #at(offset: number): number | undefined {
    this.#bytes ??= new TextEncoder().encode(this.#text);
    if (offset < 0 || offset > this.#bytes.length) return undefined;
    // A byte in the middle of a character is no place in a text.
    if (((this.#bytes[offset] ?? 0) & 0xc0) === 0x80) return undefined;
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes.subarray(0, offset)).length;
  }
}
