import type { Redactor } from "./redactor.js";

/**
 * How much text may still be recorded in one attribute. A text is redacted whole before it is cut, lest half a key be left that no pattern
 * knows any more; once nothing fits, texts are not even looked at.
 */
export class TextBudget {
  #left: number;
  /** Whether something was cut or left out. */
  truncated = false;

  constructor(
    most: number,
    private readonly redact: Redactor,
  ) {
    this.#left = most;
  }

  get spent(): boolean {
    return this.#left <= 0;
  }

  /** The text as it may be recorded. @throws what the redaction hook throws */
  take(text: string): string {
    if (text === "") return text;
    if (this.spent) {
      this.truncated = true;
      return "";
    }
    const clean = this.redact(text);
    if (clean.length <= this.#left) {
      this.#left -= clean.length;
      return clean;
    }
    this.truncated = true;
    // Not through the middle of a pair of surrogates.
    const cut = clean.slice(0, this.#left).replace(/[\uD800-\uDBFF]$/, "");
    this.#left = 0;
    return `${cut}…`;
  }

  /** Something small that is part of the structure: an id, a name. */
  name(text: string): string {
    return this.redact(text.length > 256 ? `${text.slice(0, 256)}…` : text);
  }
}
