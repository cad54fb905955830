import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { invalidOption } from "@llmux/core";

/** The files that this very process holds: after a restart a container's process has the same id as the one that died. */
const held = new Set<string>();
let count = 0;

/**
 * Takes a file for this process, by a file beside it. One that a dead process of this machine left is taken over.
 *
 * @returns gives it back
 * @throws LLMError `invalid-request` where a living process, or one of another machine, has it
 */
export async function lockFile(file: string): Promise<() => Promise<void>> {
  const path = `${resolve(file)}.lock`;
  count += 1;
  const mine = `${path}.${process.pid}.${Date.now()}.${count}`;
  const content = JSON.stringify({ pid: process.pid, host: hostname() });
  if (held.has(path)) throw taken(file, "this process");
  held.add(path);
  try {
    await writeFile(mine, content);
    // A link appears with its content, and only where there is none.
    while (!(await appears(mine, path))) await takeOver(file, path, `${mine}.stale`);
  } catch (error) {
    held.delete(path);
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
  return async () => {
    await rm(path, { force: true });
    held.delete(path);
  };
}

async function appears(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function takeOver(file: string, path: string, aside: string): Promise<void> {
  const before = await readFile(path, "utf8").catch(() => undefined);
  if (before === undefined) return;
  const { pid, host } = JSON.parse(before) as { pid: number; host: string };
  if (host !== hostname()) throw taken(file, `process ${pid} on ${host}`);
  if (pid !== process.pid && lives(pid)) throw taken(file, `process ${pid}`);
  await rename(path, aside).catch(() => {});
  // Another may have taken it over in between: then it is given back.
  const moved = await readFile(aside, "utf8").catch(() => undefined);
  if (moved !== undefined && moved !== before) await appears(aside, path);
  await rm(aside, { force: true });
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function taken(file: string, by: string): Error {
  return invalidOption("journal", `${file} is in use by ${by}; if that is wrong, delete ${file}.lock`);
}
