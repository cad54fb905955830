import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll } from "vitest";
import { workspaces } from "./workspace.ts";

/** An empty folder outside the repository, as an application's author has it. Removed when it goes out of scope. */
export class EmptyFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "llmux-e2e-"));

  write(file: string, text: string): string {
    const path = join(this.path, file);
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** One for a file of tests, however many of its installs want the same package. */
let store: string | undefined;
const tarballs = new Map<string, string>();
afterAll(() => store && rmSync(store, { recursive: true, force: true }));

/** Packs packages of this repository, as they would be published; gives the tarballs. */
export function pack(names: readonly string[], destination: string): string[] {
  return names.map((name) => {
    const tarball = tarballs.get(name) ?? packOne(name);
    tarballs.set(name, tarball);
    const copy = join(destination, basename(tarball));
    copyFileSync(tarball, copy);
    return copy;
  });
}

function packOne(name: string): string {
  const found = workspaces().find((workspace) => workspace.name === name);
  if (!found) throw new Error(`no package here is called ${name}`);
  store ??= mkdtempSync(join(tmpdir(), "llmux-packed-"));
  const printed = execFileSync("pnpm", ["pack", "--json", "--pack-destination", store], {
    cwd: found.folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (JSON.parse(printed) as { filename: string }).filename;
}

/** Packs packages of this repository and installs them with npm, and further ones from the registry. */
export function install(folder: EmptyFolder, names: readonly string[], ...others: readonly string[]): void {
  folder.write("package.json", JSON.stringify({ name: "application", private: true, type: "module" }));
  const tarballs = pack(names, folder.path);
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs, ...others], {
    cwd: folder.path,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
