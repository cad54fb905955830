// Writes core's table of prefix → package from the adapters themselves, and the scaffolder's list of prefixes that are taken; with --check
// only says whether they are as they should be.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);

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
update("packages/core/src/known-adapters.ts", (text) =>
  text.replace(/(const ROWS: readonly Row\[\] = \[)[^;]*\];/, (_, head) => `${head}\n${rows.join("\n")}\n];`),
);

const prefixes = new Map();
for (const { package: name, id, aliases } of adapters)
  for (const prefix of [id, ...aliases]) if (!prefixes.has(prefix)) prefixes.set(prefix, name);
const pairs = [...prefixes].sort(([a], [b]) => (a < b ? -1 : 1));
update("packages/create-adapter/src/known-prefixes.ts", (text) =>
  text.replace(/(ReadonlyMap<string, string> = new Map\(\[)[^;]*\]\);/, (_, head) => {
    return `${head}\n${pairs.map(([prefix, name]) => `  ["${prefix}", "${name}"],`).join("\n")}\n]);`;
  }),
);

function update(path, change) {
  const target = new URL(path, root);
  const before = readFileSync(target, "utf8");
  const text = change(before);
  if (text === before) return;
  if (!process.argv.includes("--check")) return writeFileSync(target, text);
  console.error(`${path} is out of date: run node scripts/known-adapters.mjs`);
  process.exitCode = 1;
}
