import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import type { IO, Output } from "./io.js";

/**
 * Reads lines from a person or a pipe. What is typed while an answer streams is not echoed into it, and is the next line.
 */
export class Prompt {
  readonly #readline: Interface;
  readonly #screen: Screen | undefined;
  readonly #lines: string[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(io: IO) {
    const terminal = Boolean(io.stdin.isTTY);
    if (terminal) this.#screen = new Screen(io.stdout.isTTY ? io.stdout : io.stderr);
    this.#readline = createInterface({
      input: io.stdin,
      terminal,
      ...(this.#screen && { output: this.#screen, historySize: 1000, removeHistoryDuplicates: true }),
    });
    this.#readline.on("line", (line) => {
      this.#lines.push(line);
      this.#wake?.();
    });
    this.#readline.on("close", () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** The next line; `undefined` after the last. */
  async next(prompt: string): Promise<string | undefined> {
    if (this.#lines.length === 0 && !this.#closed) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (this.#screen) {
        this.#screen.muted = false;
        this.#readline.setPrompt(prompt);
        this.#readline.prompt(true);
      }
      await woken;
      this.#wake = undefined;
    }
    if (this.#screen) this.#screen.muted = true;
    return this.#lines.shift();
  }

  /** Calls back at every Ctrl-C that the terminal hands over as a key. */
  onInterrupt(listener: () => void): void {
    this.#readline.on("SIGINT", listener);
  }

  /** Throws away what is typed so far; tells whether there was anything. */
  discard(): boolean {
    if (this.#readline.line === "") return false;
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
    return true;
  }

  /** No further line will come, and the terminal is as it was before. */
  close(): void {
    this.#lines.length = 0;
    this.#readline.close();
  }
}

/** A terminal that can be told to show nothing for a while. */
class Screen extends Writable {
  muted = false;
  readonly isTTY = true;
  readonly #target: Output;

  constructor(target: Output) {
    super();
    this.#target = target;
    target.on("resize", () => this.emit("resize"));
  }

  get columns(): number {
    return this.#target.columns ?? 80;
  }

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    if (!this.muted) this.#target.write(piece);
    done();
  }
}
