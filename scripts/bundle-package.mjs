// Bundles the package in the working directory: what its entries always need in one file, what they load late in chunks of its
// own. Node opens and links every module on its own, so that two dozen small files cost three times what one costs.
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
 * that names modules on the command line gets a file for those first: who needs only them is not given the rest by a bundler.
 */
const named = process.argv.slice(2);
const groups = [
  ...(named.length > 0 ? [{ name: "main", from: named }] : []),
  { name: "index", from: ["index", "wire"] },
].map(({ name, from }) => ({ name, from, reached: new Set() }));
const reach = {
  name: "reach",
  buildEnd() {
    const ids = [...this.getModuleIds()];
    for (const { from, reached } of groups) {
      const visit = (id) => {
        if (reached.has(id)) return;
        reached.add(id);
        for (const next of this.getModuleInfo(id)?.importedIds ?? []) visit(next);
      };
      for (const id of ids) if (from.some((name) => id.endsWith(`/src/${name}.ts`))) visit(id);
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
    codeSplitting: {
      groups: groups.map(({ name, reached }, at) => ({
        name,
        test: (id) => reached.has(id),
        priority: groups.length - at,
      })),
    },
  },
  logLevel: "warn",
});

// esbuild gives a program every file that an entry it imports names, used or not, unless nothing at all uses that file. So the entry
// names what is needed beside `main` through a file of its own, which only the programs that use it do.
if (named.length > 0) {
  const entry = readFileSync("dist/index.js", "utf8");
  const [statement, imported, file] = /^import \{([^}]*)\} from "\.\/chunks\/(index-[^"]+)";\n/m.exec(entry);
  const names = imported.split(",").map((name) => name.trim().split(" as ").pop());
  writeFileSync("dist/chunks/rest.js", `export {${imported}} from "./${file}";\n`);
  writeFileSync("dist/index.js", entry.replace(statement, `import { ${names.join(", ")} } from "./chunks/rest.js";\n`));
}
