import type { WireCompletion } from "./chat-facts.js";
import { ChatDecoder } from "./chat-stream.js";
import { asChatChoice } from "./from-completions.js";

/** Reads a stream of the legacy API: that of Chat Completions, but for the text's place. */
export class CompletionsDecoder extends ChatDecoder {
  override push(data: string): undefined | Promise<void> {
    return super.push(asChatChunk(data));
  }
}

/** What can't be read is left for the decoder to tell. */
function asChatChunk(data: string): string {
  let chunk: WireCompletion | null;
  try {
    chunk = JSON.parse(data) as WireCompletion | null;
  } catch {
    return data;
  }
  if (!Array.isArray(chunk?.choices)) return data;
  return JSON.stringify({ ...chunk, choices: chunk.choices.map((choice) => asChatChoice(choice, "delta")) });
}
