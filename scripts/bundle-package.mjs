// Bundles the package in the working directory: one file for each of its entries, and what they share or load late in chunks.
// Node opens and links every module on its own, so that two dozen small files cost three times what one costs.
import { globSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const files = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(files));
const entries = [...files(manifest.exports), ...files(manifest.imports ?? {}), ...files(manifest.bin ?? {})]
  .filter((file) => file.endsWith(".js"))
  .map((file) => file.replace("./dist/", "src/").replace(/\.js$/, ".ts"));

// Declarations stay: tsc has just written them.
for (const file of globSync("dist/**/*.{js,js.map}")) rmSync(file);

await build({
  entryPoints: [...new Set(entries)],
  outdir: "dist",
  outbase: "src",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "es2023",
  packages: "external",
  external: ["#*", "node:*"],
  sourcemap: true,
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
});
