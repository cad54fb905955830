import { PassThrough } from "node:stream";
import type { IO, Output } from "../io.js";
import type { Env } from "../wiring.js";

export interface TestIO extends IO {
  stdin: PassThrough & { isTTY?: boolean };
  /** All that was written, by stream. */
  readonly out: string;
  readonly err: string;
  /** Resolves as soon as `text` has been written, to either stream, after what the last `seen` found. */
  seen(text: string): Promise<void>;
  /** A Ctrl-C that reaches the process. */
  interrupt(): void;
}

/** The outside world for one run: streams that remember, and an environment with nothing of this machine's in it. */
export function testIO(env: Env = {}, { tty = false, piped }: { tty?: boolean; piped?: string } = {}): TestIO {
  let all = "";
  let from = 0;
  let wake: (() => void) | undefined;
  const listeners = new Set<() => void>();
  const recorder = (): { stream: Output; text: () => string } => {
    let text = "";
    const stream = new PassThrough();
    stream.on("data", (piece: Buffer) => {
      text += piece;
      all += piece;
      wake?.();
    });
    return { stream: Object.assign(stream, { isTTY: tty, columns: 200 }), text: () => text };
  };
  const stdout = recorder();
  const stderr = recorder();
  const stdin = Object.assign(new PassThrough(), { isTTY: tty });
  if (piped !== undefined) stdin.end(piped);
  return {
    stdin,
    piped: piped !== undefined,
    stdout: stdout.stream,
    stderr: stderr.stream,
    // Port 9 is the discard service, which nobody runs: no Ollama of this machine is to be found.
    env: { OLLAMA_HOST: "127.0.0.1:9", NO_COLOR: "1", ...env },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get out() {
      return stdout.text();
    },
    get err() {
      return stderr.text();
    },
    async seen(text) {
      for (;;) {
        const at = all.indexOf(text, from);
        if (at !== -1) {
          from = at + text.length;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    interrupt() {
      for (const listener of listeners) listener();
    },
  };
}
