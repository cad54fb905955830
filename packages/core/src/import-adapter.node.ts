/// <reference types="node" />
import type { ImportModule } from "./import-adapter.js";

/**
 * Imports as the application would: from its main script, then from the working directory, then from here. Core itself can't see
 * under pnpm's strict layout what the application installed.
 *
 * @param from the application's own `import.meta.url`, where it says
 */
export function importerFrom(from: string | undefined): ImportModule {
  return async (name) => {
    const { resolve } = await import("import-meta-resolve");
    const parents = from === undefined ? await applicationURLs() : [from];
    let failure: unknown;
    for (const parent of parents) {
      let url: string;
      try {
        url = resolve(name, parent);
      } catch (error) {
        failure ??= error;
        continue;
      }
      return import(url);
    }
    throw failure;
  };
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
