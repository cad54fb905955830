import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The packages of adapters, as they were built. Of two packages that have one prefix, that with the fewer adapters is made for it, and
 * comes first.
 *
 * @returns {Promise<{ folder: string, path: string, manifest: { name: string, description: string }, adapters: any[] }[]>}
 */
export async function adapterPackages() {
  const root = fileURLToPath(new URL("../packages/", import.meta.url));
  const packages = [];
  for (const folder of readdirSync(root).sort()) {
    const path = join(root, folder);
    const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    if (!manifest.keywords?.includes("llmux-adapter")) continue;
    const { default: exported } = await import(pathToFileURL(join(path, "dist/index.js")).href);
    packages.push({ folder, path, manifest, adapters: [exported].flat() });
  }
  return packages.sort((a, b) => a.adapters.length - b.adapters.length);
}
