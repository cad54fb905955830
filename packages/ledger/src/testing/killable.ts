import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("calling-process.mjs", import.meta.url));

/** A process that makes calls until it is killed. */
export class Killable {
  readonly #child;
  readonly #exited: Promise<unknown>;
  #output = "";
  #errors = "";
  #listeners: (() => void)[] = [];

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    const options = {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"],
    };
    this.#child = spawn(process.execPath, ["--no-warnings", program, ...args], options);
    this.#exited = once(this.#child, "close");
    this.#child.stdout.on("data", (data) => {
      this.#output += data;
      for (const listener of this.#listeners) listener();
    });
    this.#child.stderr.on("data", (data) => {
      this.#errors += data;
    });
    void this.#exited.then(() => {
      for (const listener of this.#listeners) listener();
    });
  }

  /** The calls whose answers it has seen. */
  get seen(): string[] {
    // A line without an end was not written whole.
    return this.#output.split("\n").slice(0, -1);
  }

  get errors(): string {
    return this.#errors;
  }

  /** Waits until it has seen so many answers. */
  async until(count: number): Promise<void> {
    while (this.seen.length < count) {
      if (this.#child.exitCode !== null) throw new Error(`it ended by itself: ${this.#errors}`);
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
    this.#listeners = [];
  }

  /** `kill -9`, and what it had seen by then. */
  async kill(): Promise<string[]> {
    this.#child.kill("SIGKILL");
    await this.#exited;
    return this.seen;
  }
}
