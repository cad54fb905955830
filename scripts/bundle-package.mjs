// Bundles the package in the working directory: what its entries always need in one file, what they load late in chunks of its
// own. Node opens and links every module on its own, so that two dozen small files cost three times what one costs.
import { globSync, readFileSync, rmSync } from "node:fs";
import { build } from "rolldown";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const files = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(files));
const entries = [...files(manifest.exports), ...files(manifest.imports ?? {}), ...files(manifest.bin ?? {})]
  .filter((file) => file.endsWith(".js"))
  .map((file) => file.replace("./dist/", "").replace(/\.js$/, ""));

// Declarations stay: tsc has just written them.
for (const file of globSync("dist/**/*.{js,js.map}")) rmSync(file);

/** What every program needs that uses the package at all: named on the command line, or simply the index. */
const named = process.argv.slice(2);
const main = await reachedFrom(named.length > 0 ? named : ["index", "wire"]);
const index = await reachedFrom(["index"]);

/**
 * What is loaded late is given copies of its own of what beside `main` is always loaded too. A bundler that meets a module both in the index
 * and in late code puts it into a file that every program loads, whether it uses it or not.
 */
const LATE = "?late";
const copies = {
  name: "late-copies",
  async resolveId(source, importer, { kind }) {
    if (importer === undefined || (kind !== "dynamic-import" && (index.has(importer) || main.has(importer))))
      return null;
    const found = await this.resolve(source, importer.replace(LATE, ""));
    return found && !found.external && index.has(found.id) && !main.has(found.id) ? found.id + LATE : found;
  },
  load: (id) => (id.endsWith(LATE) ? { code: readFileSync(id.replace(LATE, ""), "utf8"), moduleType: "ts" } : null),
};

await build({
  ...options(entries, [copies]),
  output: {
    dir: "dist",
    format: "esm",
    sourcemap: true,
    entryFileNames: "[name].js",
    // No hash: every program holds these names, a published version never changes, and nothing packs worse.
    chunkFileNames: "chunks/[name].js",
    codeSplitting: {
      groups: [
        ...(named.length > 0 ? [{ name: "main", test: (id) => main.has(id), priority: 2 }] : []),
        { name: "index", test: (id) => (named.length > 0 ? index : main).has(id), priority: 1 },
      ],
    },
  },
});

function options(names, plugins) {
  return {
    input: Object.fromEntries([...new Set(names)].map((name) => [name, `src/${name}.ts`])),
    platform: "neutral",
    external: (id) => !id.startsWith(".") && !id.startsWith("/"),
    transform: { define: { __VERSION__: JSON.stringify(manifest.version) } },
    plugins,
    logLevel: "warn",
  };
}

/** The modules that these are sure to load, statically and however far. */
async function reachedFrom(names) {
  const reached = new Set();
  const scan = {
    name: "reach",
    buildEnd() {
      const visit = (id) => {
        if (reached.has(id)) return;
        reached.add(id);
        for (const next of this.getModuleInfo(id)?.importedIds ?? []) visit(next);
      };
      for (const id of this.getModuleIds()) if (names.some((name) => id.endsWith(`/src/${name}.ts`))) visit(id);
    },
  };
  await build({ ...options(entries, [scan]), write: false });
  return reached;
}
