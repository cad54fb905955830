import type { ImportModule } from "./import-adapter.js";

/** Where there is no Node to resolve from the application, the host's own `import` must do. */
export function importerFrom(_from: string | undefined): ImportModule {
  return (name) => import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}

/** Manifests can't be read here. */
export async function coreRangeOf(_name: string, _from: string | undefined): Promise<string | undefined> {
  return undefined;
}
