import type { Readable, Writable } from "node:stream";
import pc from "picocolors";
import type { Env } from "./wiring.js";

/** One of the process's streams, or what a test puts in its place. */
type Input = Readable & { isTTY?: boolean | undefined };
export type Output = Writable & { isTTY?: boolean | undefined; columns?: number | undefined };

/** What a command may touch of the outside world. */
export interface IO {
  stdin: Input;
  /** Whether somebody feeds stdin: it is a pipe or a file, neither a terminal nor `/dev/null`. */
  piped: boolean;
  /** Holds answers and nothing else. */
  stdout: Output;
  /** Holds all the rest: reasoning, usage, waits, warnings, errors. */
  stderr: Output;
  env: Env;
  /** Calls back at every Ctrl-C, which then no longer ends the program; returns what takes the listener off again. */
  onInterrupt(listener: () => void): () => void;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours where the stream is a terminal that wants them (https://no-color.org). */
export function colorsFor(stream: Output, env: Env): Colors {
  return pc.createColors(Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== "dumb");
}

/** What the terminal would take for a command, taken out: a model's answer must not move the cursor or set the title. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, "");
}

/** The text on one line. */
export function oneLine(text: string): string {
  return printable(
    text
      .trim()
      .replace(/:\s*\n\s*/g, ": ")
      .replace(/\s*\n\s*/g, "; "),
  );
}
