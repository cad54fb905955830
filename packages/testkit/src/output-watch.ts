import { inspect } from "node:util";

/** Keys that must not be written anywhere, each with what has been written with it. */
const watched = new Map<string, string[]>();
let restore: (() => void) | undefined;

/**
 * Watches what the process writes (console, stdout, stderr) for a key, until it is told to stop. What is written still gets through.
 * @returns ends the watch, and tells what was written with the key in it
 */
export function watchOutput(key: string): () => readonly string[] {
  const leaks: string[] = [];
  watched.set(key, leaks);
  restore ??= tap();
  return () => {
    watched.delete(key);
    if (watched.size === 0) {
      restore?.();
      restore = undefined;
    }
    return leaks;
  };
}

function tap(): () => void {
  const undo: (() => void)[] = [];
  const around = (target: object, name: string): void => {
    const methods = target as Record<string, unknown>;
    const original = methods[name] as (...args: unknown[]) => unknown;
    if (typeof original !== "function") return;
    const tapped = function (this: unknown, ...args: unknown[]): unknown {
      for (const arg of args) note(arg);
      return original.apply(this, args);
    };
    methods[name] = tapped;
    undo.push(() => {
      // Whoever has put something around it since keeps it.
      if (methods[name] === tapped) methods[name] = original;
    });
  };
  for (const name of ["debug", "dir", "error", "info", "log", "trace", "warn"]) around(console, name);
  around(process.stdout, "write");
  around(process.stderr, "write");
  return () => {
    for (const each of undo) each();
  };
}

function note(written: unknown): void {
  const text = shown(written);
  for (const [key, leaks] of watched) if (text.includes(key)) leaks.push(text);
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return inspect(value);
}
