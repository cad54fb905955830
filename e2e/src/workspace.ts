import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** A package of this repository. */
export interface Workspace {
  name: string;
  /** Relative to the root: `packages/core`. */
  path: string;
  folder: string;
  isPublic: boolean;
  manifest: {
    name: string;
    version: string;
    private?: boolean;
    type?: string;
    license?: string;
    sideEffects?: unknown;
    engines?: Record<string, string>;
    keywords?: string[];
    bin?: Record<string, string>;
    exports?: Record<string, unknown>;
    scripts?: Record<string, string>;
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
  };
}

/** Every package of this repository, the root apart. */
export function workspaces(): Workspace[] {
  const parents = ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  );
  return [...parents, "bench", "test", "e2e"]
    .filter((path) => existsSync(join(root, path, "package.json")))
    .map((path) => {
      const folder = join(root, path);
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Workspace["manifest"];
      return { name: manifest.name, path, folder, isPublic: manifest.private !== true, manifest };
    });
}
