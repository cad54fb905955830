import type { ReasoningPart, TextPart } from "@llmux/core";
import type { WireChunk } from "./wire.js";

/** A text, cut where Mistral's own references stood in it. */
export function toTextChunks({ text, citations = [], providerOptions }: TextPart): WireChunk[] {
  const chunks: WireChunk[] = [];
  const own = providerOptions?.mistral;
  let from = 0;
  const piece = (end?: number): void => {
    const words = text.slice(from, end);
    if (words !== "" || (end === undefined && chunks.length === 0)) chunks.push({ type: "text", text: words, ...own });
    from = end ?? text.length;
  };
  for (const { end, raw } of citations) {
    const chunk = raw as WireChunk | undefined;
    if (end === undefined || end < from || !isReference(chunk)) continue;
    piece(end);
    chunks.push(chunk);
  }
  piece();
  return chunks;
}

/** Whether a piece of content says what the text before it rests on. */
export function isReference(chunk: WireChunk | null | undefined): chunk is WireChunk {
  return chunk?.type === "reference" || chunk?.type === "tool_reference";
}

/** Reasoning as it came; `undefined` where it is not Mistral's. */
export function thinkingChunk({
  text,
  signature,
  providerMetadata,
  providerOptions,
}: ReasoningPart): WireChunk | undefined {
  const metadata = providerMetadata?.mistral;
  if (metadata?.type !== "thinking") return undefined;
  return {
    // A thought in the history is over, whether a stream said so or not.
    closed: true,
    thinking: [{ type: "text", text }],
    ...metadata,
    type: "thinking",
    ...(signature !== undefined && { signature }),
    ...providerOptions?.mistral,
  };
}
