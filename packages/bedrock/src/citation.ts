import type { Citation } from "@llmux/core";
import type { Block } from "./to-messages.js";

/** A citation as Converse gives it, which is kept whole to be sent back. */
export function toCitation(raw: Block): Citation {
  const { title, source, sourceContent, location } = raw as {
    title?: string;
    source?: string;
    sourceContent?: { text?: string }[];
    location?: { web?: { url?: string } };
  };
  const citation: Citation = { raw };
  const url = location?.web?.url ?? (source && /^https?:/.test(source) ? source : undefined);
  if (url) citation.url = url;
  if (title) citation.title = title;
  const text = (sourceContent ?? []).map((piece) => piece.text ?? "").join("");
  if (text) citation.text = text;
  return citation;
}
