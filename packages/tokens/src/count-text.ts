import { LLMError } from "@llmux/core";
import type { Encoding } from "./encoding.js";

/** Characters counted in one go; the event loop has its turn after as many. */
const SLICE = 32_768;
/** Merging takes time in the square of a run's length, so that a million times `a` would take minutes. No word is this long. */
const RUN = 256;

const LONG_RUN = new RegExp(`\\S{${RUN + 1}}|\\s{${RUN + 1}}`);

/**
 * Tokens of a text of any length, in time that grows with its length alone. Runs without a space, or of spaces, are cut every 256 characters, which
 * may add a token at each cut.
 *
 * @throws LLMError `aborted`
 */
export async function countText(text: string, encoding: Encoding, signal?: AbortSignal): Promise<number> {
  let tokens = 0;
  for (let at = 0; at < text.length; ) {
    if (at > 0) await turn();
    if (signal?.aborted) throw aborted(signal);
    const end = wordEnd(text, Math.min(at + SLICE, text.length), RUN);
    tokens += countSlice(text.slice(at, end), encoding);
    at = end;
  }
  return tokens;
}

function countSlice(slice: string, encoding: Encoding): number {
  if (!LONG_RUN.test(slice)) return encoding.count(slice);
  let tokens = 0;
  for (let at = 0; at < slice.length; ) {
    const end = wordEnd(slice, Math.min(at + RUN, slice.length), RUN / 2);
    tokens += encoding.count(slice.slice(at, end));
    at = end;
  }
  return tokens;
}

/** Where to cut: before the last space, which belongs to the word after it, or where there is none, not within a character. */
function wordEnd(text: string, end: number, back: number): number {
  if (end === text.length) return end;
  for (let at = end; at > end - back; at--) if (text[at] === " " && text[at - 1] !== " ") return at;
  return (text.charCodeAt(end) & 0xfc00) === 0xdc00 ? end - 1 : end;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function aborted({ reason }: AbortSignal): LLMError {
  return new LLMError({
    kind: "aborted",
    message: "The call was aborted while its tokens were counted",
    cause: reason,
  });
}
