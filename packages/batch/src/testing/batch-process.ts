import { type ChildProcess, spawn } from "node:child_process";

/** Starts a process of `batch-process.mjs`, whose output is for the caller to read. */
export function startProcess(...args: string[]): ChildProcess {
  const script = new URL("./batch-process.mjs", import.meta.url).pathname;
  return spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}
