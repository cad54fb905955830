// Writes core's table of prefix → package from the adapters themselves; with --check only says whether it is as it should be.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const target = new URL("packages/core/src/known-adapters.ts", root);

const adapters = [];
for (const folder of readdirSync(new URL("packages/", root)).sort()) {
  const manifest = JSON.parse(readFileSync(new URL(`packages/${folder}/package.json`, root), "utf8"));
  if (!manifest.keywords?.includes("llmux-adapter")) continue;
  const { default: adapter } = await import(new URL(`packages/${folder}/dist/index.js`, root).href);
  const { id, aliases, models } = adapter;
  adapters.push({ package: manifest.name, id, aliases, models });
}

const list = (values) => `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
const rows = adapters.map(
  (adapter) => `  {
    package: ${JSON.stringify(adapter.package)},
    id: ${JSON.stringify(adapter.id)},
    aliases: ${list(adapter.aliases)},
    models: ${list(adapter.models)},
  },`,
);
const text = readFileSync(target, "utf8").replace(
  /(KNOWN_ADAPTERS: readonly KnownAdapter\[\] = \[)[^;]*\];/,
  (_, head) => `${head}\n${rows.join("\n")}\n];`,
);

if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (text !== readFileSync(target, "utf8")) {
  console.error("packages/core/src/known-adapters.ts is out of date: run node scripts/known-adapters.mjs");
  process.exitCode = 1;
}
