/// <reference types="node" />
import type { ImportModule } from "./import-adapter.js";

/**
 * Imports as the application would: from its main script, then from the working directory, then from here. Core itself can't see
 * under pnpm's strict layout what the application installed.
 *
 * @param from the application's own `import.meta.url`, where it says
 */
export function importerFrom(from: string | undefined): ImportModule {
  return async (name) => import(await resolveFrom(name, from));
}

/**
 * The range of `@llmux/core` that a package asks for, as npm knows it; `undefined` where it is not found, or asks for none.
 *
 * @param from as for {@link importerFrom}
 */
export async function coreRangeOf(name: string, from: string | undefined): Promise<string | undefined> {
  try {
    const { readFileSync } = await import("node:fs");
    let folder = new URL(".", await resolveFrom(name, from));
    for (;;) {
      const manifest = readManifest(readFileSync, folder);
      if (manifest?.name === name) return manifest.peerDependencies?.["@llmux/core"];
      const parent = new URL("..", folder);
      if (parent.href === folder.href) return undefined;
      folder = parent;
    }
  } catch {
    return undefined;
  }
}

interface Manifest {
  name?: string;
  peerDependencies?: Record<string, string>;
}

function readManifest(read: typeof import("node:fs").readFileSync, folder: URL): Manifest | undefined {
  try {
    return JSON.parse(read(new URL("package.json", folder), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

/** @throws what the first place said where none has it */
async function resolveFrom(name: string, from: string | undefined): Promise<string> {
  const { resolve } = await import("import-meta-resolve");
  const parents = from === undefined ? await applicationURLs() : [from];
  let failure: unknown;
  for (const parent of parents) {
    try {
      return resolve(name, parent);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** Where the application is: its main script, its working directory, and at last this package itself. */
async function applicationURLs(): Promise<string[]> {
  const [{ realpathSync }, { pathToFileURL }] = await Promise.all([import("node:fs"), import("node:url")]);
  const fallbacks = [`${pathToFileURL(process.cwd())}/`, import.meta.url];
  try {
    return [pathToFileURL(realpathSync(process.argv[1] ?? "")).href, ...fallbacks];
  } catch {
    return fallbacks;
  }
}
