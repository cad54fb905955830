/**
 * Takes from the beginning of a reply what the conversation ended with: asked to go on from words of the assistant's, Mistral says those
 * again first, without the space at their end. What does not repeat them is left as it is.
 */
export class Echo {
  /** What is still to come of it: the words, then the space after them. */
  readonly #expected: string[];
  #held = "";

  constructor(prefix: string) {
    const words = prefix.trimEnd();
    this.#expected = [words, prefix.slice(words.length)].filter((each) => each !== "");
  }

  /** The part of the next piece that is not a repetition, as far as can be told yet. */
  take(piece: string): string {
    this.#held += piece;
    for (;;) {
      const [expected] = this.#expected;
      if (expected === undefined) return this.rest();
      if (this.#held.startsWith(expected)) {
        this.#held = this.#held.slice(expected.length);
        this.#expected.shift();
      } else if (expected.startsWith(this.#held)) return "";
      else this.#expected.length = 0;
    }
  }

  /** What was held back when the reply ended. */
  rest(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }
}
