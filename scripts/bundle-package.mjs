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

/** The modules that the main entries import statically, however far. */
const always = new Set();
const MAIN = /^(index|adapter|wire)$/;
const reach = {
  name: "reach",
  buildEnd() {
    const visit = (id) => {
      if (always.has(id)) return;
      always.add(id);
      const info = this.getModuleInfo(id);
      for (const next of info?.importedIds ?? []) visit(next);
    };
    for (const id of this.getModuleIds()) {
      const info = this.getModuleInfo(id);
      const name = /([^/]+)\.ts$/.exec(id)?.[1] ?? "";
      if (info?.isEntry && MAIN.test(name)) visit(id);
    }
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
    codeSplitting: { groups: [{ name: "main", test: (id) => always.has(id) }] },
  },
  logLevel: "warn",
});
