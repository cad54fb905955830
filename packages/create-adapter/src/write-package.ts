import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Writes files into a folder, which it makes.
 *
 * @throws Error where there is something in it already: nothing is ever overwritten
 */
export function writePackage(folder: string, files: ReadonlyMap<string, string>): void {
  if (!isEmpty(folder)) throw new Error(`${folder} is not empty: nothing was written`);
  for (const [path, text] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text, { flag: "wx" });
  }
}

function isEmpty(folder: string): boolean {
  try {
    // What `git init` made is no work of anybody's.
    return readdirSync(folder).every((name) => name === ".git");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return true;
    if (code === "ENOTDIR") throw new Error(`${folder} is a file`);
    throw error;
  }
}
