#!/usr/bin/env node
import { fstatSync } from "node:fs";
import process from "node:process";
import { run } from "./run.js";

const { stdin, stdout, stderr, env } = process;

// The reader has seen enough (`… | head -1`): that is no failure, and there is nobody left to tell.
for (const stream of [stdout, stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
}

process.exitCode = await run(process.argv.slice(2), {
  stdin,
  piped: !fstatSync(0).isCharacterDevice(),
  stdout,
  stderr,
  env,
  onInterrupt(listener) {
    process.on("SIGINT", listener);
    return () => process.off("SIGINT", listener);
  },
});
// A pipe that is still open at the other end would keep the program waiting for it.
stdin.destroy();
