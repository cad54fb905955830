// Writes core's table of prefix → package from the adapters themselves; with --check only says whether it is as it should be.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const target = new URL("packages/core/src/known-adapters.ts", root);

const packages = [];
for (const folder of readdirSync(new URL("packages/", root)).sort()) {
  const manifest = JSON.parse(readFileSync(new URL(`packages/${folder}/package.json`, root), "utf8"));
  if (!manifest.keywords?.includes("llmux-adapter")) continue;
  const { default: exported } = await import(new URL(`packages/${folder}/dist/index.js`, root).href);
  packages.push({ name: manifest.name, adapters: [exported].flat() });
}
// Of two packages that have one prefix, that with the fewer adapters is made for it, and comes first.
packages.sort((a, b) => a.adapters.length - b.adapters.length);
const adapters = packages.flatMap(({ name, adapters }) =>
  adapters.map(({ id, aliases, models }) => ({ package: name, id, aliases, models })),
);

const list = (values) => `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
const rows = adapters.map((adapter) => {
  const { package: name, id, aliases, models } = adapter;
  return `  [${JSON.stringify(name)}, ${JSON.stringify(id)}, ${list(aliases)}, ${list(models)}],`;
});
const text = readFileSync(target, "utf8").replace(
  /(const ROWS: readonly Row\[\] = \[)[^;]*\];/,
  (_, head) => `${head}\n${rows.join("\n")}\n];`,
);

if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (text !== readFileSync(target, "utf8")) {
  console.error("packages/core/src/known-adapters.ts is out of date: run node scripts/known-adapters.mjs");
  process.exitCode = 1;
}
