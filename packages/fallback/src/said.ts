import type { StreamEvent } from "@llmux/core";

/** What an answer has said so far, and whether another may go on with it. */
export class Said {
  /** All text, joined. */
  text = "";
  /** The id of the block of text that is open. */
  open: string | undefined;
  #openAt = 0;
  #reasoning = 0;
  #other = false;
  readonly #ids = new Set<string>();

  /** Whether it is nothing but text, and reasoning that has come to its end: the rest of anything else can't be asked for in words. */
  get isText(): boolean {
    return !this.#other && this.#reasoning === 0;
  }

  /** Whether the open block has said nothing. */
  get openIsEmpty(): boolean {
    return this.open !== undefined && this.#openAt === this.text.length;
  }

  hasId(id: string): boolean {
    return this.#ids.has(id);
  }

  see(event: StreamEvent): void {
    switch (event.type) {
      case "text-delta":
        this.text += event.delta;
        break;
      case "reasoning-delta":
      case "start":
      case "finish":
        break;
      case "text-start":
        this.#ids.add(event.id);
        // Of two at once neither would be the last.
        if (this.open !== undefined) this.#other = true;
        this.open = event.id;
        this.#openAt = this.text.length;
        break;
      case "text-end":
        this.open = undefined;
        break;
      case "reasoning-start":
        this.#ids.add(event.id);
        this.#reasoning++;
        break;
      case "reasoning-end":
        this.#reasoning--;
        break;
      default:
        this.#other = true;
    }
  }
}
