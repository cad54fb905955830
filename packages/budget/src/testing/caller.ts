import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("calling-process.mjs", import.meta.url));

/** A process that makes calls until the budget is spent, or it is killed. */
export class Caller {
  readonly #child: ChildProcess;
  #errors = "";
  #heard: () => void = () => {};
  /** What the calls have used whose answers it has seen. */
  used = 0;
  answers = 0;
  refusedBy: string[] = [];
  isDone = false;

  constructor(...args: readonly string[]) {
    this.#child = fork(program, args, { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: ["--no-warnings"] });
    this.#child.stderr!.on("data", (data) => (this.#errors += data));
    this.#child.on("message", (message: { used?: number; refusedBy?: string; done?: true }) => {
      if (message.used !== undefined) {
        this.used += message.used;
        this.answers += 1;
      } else if (message.refusedBy !== undefined) this.refusedBy.push(message.refusedBy);
      else this.isDone = true;
      this.#heard();
    });
    this.#child.on("exit", () => this.#heard());
  }

  /** Waits until it is so. */
  async until(isSo: (caller: Caller) => boolean): Promise<void> {
    while (!isSo(this)) {
      if (this.#child.exitCode !== null) throw new Error(`it ended by itself: ${this.#errors}`);
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
