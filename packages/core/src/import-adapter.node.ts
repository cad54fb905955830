/// <reference types="node" />
import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { ImportModule } from "./import-adapter.js";

/**
 * Imports as the application would: from its main script, then from the working directory, then from here. Core itself can't see
 * under pnpm's strict layout what the application installed.
 *
 * @param from the application's own `import.meta.url`, where it says
 */
export function importerFrom(from: string | undefined): ImportModule {
  const parents = from === undefined ? [mainScript(), `${pathToFileURL(process.cwd())}/`, import.meta.url] : [from];
  return async (name) => {
    const { resolve } = await import("import-meta-resolve");
    let failure: unknown;
    for (const parent of parents) {
      if (parent === undefined) continue;
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

function mainScript(): string | undefined {
  const script = process.argv[1];
  if (!script) return undefined;
  try {
    return pathToFileURL(realpathSync(script)).href;
  } catch {
    return undefined;
  }
}
