import type { Citation } from "@llmux/core";
import type { WireCitation } from "./wire.js";

/** Whether a citation stands in the reply's text, rather than in the plan or in the thinking. */
export function citesText({ type }: WireCitation): boolean {
  return !type || type === "TEXT_CONTENT";
}

/** A citation in this text, with what it rests on. */
export function toCitation(raw: WireCitation, text: string): Citation {
  const citation: Citation = { raw };
  const offsets = offsetsIn(raw, text);
  if (offsets) Object.assign(citation, offsets);
  if (typeof raw.text === "string") citation.text = raw.text;
  for (const source of raw.sources ?? []) {
    const said = source?.document ?? source?.tool_output;
    if (citation.url === undefined && typeof said?.url === "string") citation.url = said.url;
    if (citation.title === undefined && typeof said?.title === "string") citation.title = said.title;
  }
  return citation;
}

/**
 * Where the cited words stand, in UTF-16 units. Cohere does not say what it counts in, which matters once a text holds an emoji: the
 * words themselves tell whether it was UTF-16 units or whole characters. Without words to compare, they are taken as they are.
 */
function offsetsIn(
  { start, end, text: cited }: WireCitation,
  text: string,
): { start: number; end: number } | undefined {
  if (typeof start !== "number" || typeof end !== "number") return undefined;
  if (typeof cited !== "string" || text.slice(start, end) === cited) return { start, end };
  const characters = [...text];
  if (characters.slice(start, end).join("") !== cited) return undefined;
  const from = characters.slice(0, start).join("").length;
  return { start: from, end: from + cited.length };
}
