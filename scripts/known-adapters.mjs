// Writes core's table of prefix → package from the adapters themselves, and the scaffolder's list of prefixes that are taken; with --check
// only says whether they are as they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { adapterPackages } from "./adapter-packages.mjs";

const root = new URL("../", import.meta.url);

const adapters = (await adapterPackages()).flatMap(({ manifest, adapters }) =>
  adapters.map(({ id, aliases, models }) => ({ package: manifest.name, id, aliases, models })),
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
