/** Where a repetition may begin, at most: UTF-16 units before the cut. */
const WINDOW = 1000;
/** A repetition that begins with a word may be short; any other is taken for one only when it can hardly be chance. */
const AT_WORD = 3;
const ANYWHERE = 8;

const WORD = /[\p{L}\p{N}\p{M}_]/u;

/**
 * Takes from the beginning of a continuation what it repeats of the text before it: the longest end of that text that it begins with. Of the
 * pieces it holds back only what may still turn out to be such a repetition.
 */
export class Overlap {
  readonly #said: string;
  /** Where in `said` a repetition may begin that is still in accord with what came; the longest first. */
  #starts: number[];
  #held = "";
  #decided = false;

  /** @param words Whether words may be repeated, or nothing but what not every provider is sent: space at the end, half a character. */
  constructor(text: string, words = true) {
    this.#said = text.slice(-WINDOW);
    this.#starts = starts(this.#said, words);
  }

  /** What of the next piece is new, as far as can be told yet. */
  take(piece: string): string {
    if (this.#decided) return piece;
    this.#held += piece;
    this.#starts = this.#starts.filter((start) => agrees(this.#said, start, this.#held));
    const [longest] = this.#starts;
    return longest !== undefined && this.#held.length < this.#said.length - longest ? "" : this.rest();
  }

  /** What was held back and is new, when no more comes or needs to. */
  rest(): string {
    if (this.#decided) return "";
    this.#decided = true;
    const held = this.#held;
    const repeats = this.#starts.find((start) => held.startsWith(this.#said.slice(start)));
    return repeats === undefined ? held : held.slice(this.#said.length - repeats);
  }
}

/** A text without the half of a character at its end, which nobody can be sent. */
export function withoutHalf(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

/** Beyond the end of what was said anything may follow. */
function agrees(said: string, start: number, held: string): boolean {
  return held.length < said.length - start ? said.startsWith(held, start) : held.startsWith(said.slice(start));
}

function starts(said: string, words: boolean): number[] {
  const end = withoutHalf(said).trimEnd().length;
  const found: number[] = [];
  for (let start = words ? 0 : end; start < said.length; start++) {
    const length = said.length - start;
    const atWord = WORD.test(said[start]!) && (start === 0 || !WORD.test(said[start - 1]!));
    if (start >= end || length >= ANYWHERE || (atWord && length >= AT_WORD)) found.push(start);
  }
  return found;
}
