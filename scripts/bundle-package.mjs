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

/**
 * The files to be made of what is always loaded, by the modules that each is reached from, statically and however far. A package
 * that names modules on the command line gets a file for those first: who needs only them is not given the rest by a bundler. For
 * esbuild that takes more: it loads whatever an entry names, used or not, unless nothing in the whole program uses that file. So what
 * both the index and code that is loaded late use is in a file of its own.
 */
const named = process.argv.slice(2);
const groups = [
  ...(named.length > 0 ? [{ name: "main", from: named }] : []),
  { name: "index", from: ["index", "wire"] },
].map(({ name, from }) => ({ name, from, reached: new Set() }));
const late = new Set();
const reach = {
  name: "reach",
  buildEnd() {
    const ids = [...this.getModuleIds()];
    const visit = (id, reached) => {
      if (reached.has(id)) return;
      reached.add(id);
      for (const next of this.getModuleInfo(id)?.importedIds ?? []) visit(next, reached);
    };
    for (const { from, reached } of groups) {
      for (const id of ids) if (from.some((name) => id.endsWith(`/src/${name}.ts`))) visit(id, reached);
    }
    if (named.length === 0) return;
    const { reached: known } = groups.at(-1);
    const isLate = (id) => {
      const { isEntry, dynamicImporters } = this.getModuleInfo(id);
      return dynamicImporters.length > 0 || (isEntry && !known.has(id));
    };
    for (const id of ids) if (isLate(id)) visit(id, late);
  },
};

await build({
  input: Object.fromEntries([...new Set(entries)].map((name) => [name, `src/${name}.ts`])),
  platform: "neutral",
  external: (id) => !id.startsWith(".") && !id.startsWith("/"),
  plugins: [reach],
  output: {
    dir: "dist",
    format: "esm",
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    codeSplitting: {
      groups: groups.flatMap(({ name, reached }, at) => {
        const priority = 2 * (groups.length - at);
        const group = { name, test: (id) => reached.has(id), priority };
        if (name !== "index") return [group];
        return [{ name: "shared", test: (id) => reached.has(id) && late.has(id), priority: priority + 1 }, group];
      }),
    },
  },
  logLevel: "warn",
});
