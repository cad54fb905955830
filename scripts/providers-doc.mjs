// Writes docs/providers.md and the table of the README from the adapters themselves and from what their conformance runs declare; with
// --check only says whether they are as they should be. After a build.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "rolldown";
import { adapterPackages } from "./adapter-packages.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const packages = await adapterPackages();

const options = [];
const native = [];
for (const { path, adapters } of packages) {
  const declared = await conformanceOptions(path);
  options.push(...declared);
  // A package of many hosts is represented by some.
  if (declared.length >= adapters.length || adapters.length < 10) native.push(...declared);
}
const { featureMatrix } = await import(pathToFileURL(join(root, "packages/testkit/dist/index.js")).href);
const matrix = featureMatrix(options);

const documents = {
  "docs/providers.md": `${[
    "# Providers",
    "Every prefix that the packages of this repository know, with the three lines that it takes. This page is generated from the packages by `node scripts/providers-doc.mjs`. An application that was made for litellm finds its prefixes and variables here.",
    "Where a prefix is known of two packages, either will do; the first is on the provider's own SDK.",
    await prefixTable(),
    "## What each can do",
    "From what each adapter declares in its conformance run, which also sees to it that what is lacking is refused by name and never dropped in silence. The hosts of `@llmux/openai-compatible` are represented by one of each kind.",
    matrix.trim(),
    ...(await sections()),
  ].join("\n\n")}\n`,
  "README.md": readFileSync(join(root, "README.md"), "utf8").replace(
    /(<!-- features -->\n)[\s\S]*?(<!-- \/features -->)/,
    (_, start, end) => `${start}\n${tableOf(featureMatrix(native))}\n\n${end}`,
  ),
};

for (const [name, text] of Object.entries(documents)) {
  const file = join(root, name);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(`${name} is out of date: run node scripts/providers-doc.mjs`);
    process.exitCode = 1;
  }
}

/** What a package's src/testing/conformance.ts declares; none where it has none. */
async function conformanceOptions(path) {
  const source = join(path, "src/testing/conformance.ts");
  if (!existsSync(source)) return [];
  const folder = join(path, "node_modules/.providers-doc");
  mkdirSync(folder, { recursive: true });
  try {
    await build({
      input: source,
      platform: "node",
      external: (id) => !id.startsWith(".") && !id.startsWith("/"),
      output: { dir: folder, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
      logLevel: "silent",
    });
    const { conformanceOptions: found = [] } = await import(pathToFileURL(join(folder, "conformance.mjs")).href);
    return [found].flat();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function tableOf(markdown) {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .join("\n");
}

async function prefixTable() {
  const owners = new Map();
  for (const { manifest, adapters } of packages) {
    for (const { id, name, aliases } of adapters) {
      const row = owners.get(id) ?? { name, aliases: new Set(), packages: [] };
      for (const alias of aliases) row.aliases.add(alias);
      row.packages.push(manifest.name);
      owners.set(id, row);
    }
  }
  const code = (values) => [...values].map((value) => `\`${value}\``).join(", ");
  const rows = [...owners]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, row]) => `| \`${id}\` | ${row.name} | ${code(row.aliases)} | ${code(row.packages)} |`);
  return ["| prefix | provider | also | package |", "|---|---|---|---|", ...rows].join("\n");
}

/** A section for each adapter, with its three lines. */
async function sections() {
  const all = [];
  for (const { folder, path, manifest, adapters } of packages) {
    all.push(`## [\`${manifest.name}\`](../packages/${folder}/README.md)`, manifest.description);
    const readme = readFileSync(join(path, "README.md"), "utf8");
    for (const adapter of adapters) {
      const model = new RegExp(`"(${adapter.id}/[^"\\s]+)"`).exec(readme)?.[1] ?? `${adapter.id}/your-model`;
      const lines = [
        `npm install @llmux/core ${manifest.name}`,
        `export LLM_MODEL=${model}`,
        ...(await variablesOf(adapter)),
      ];
      all.push(`**${adapter.name}**`, `\`\`\`sh\n${lines.join("\n")}\n\`\`\``);
    }
  }
  return all;
}

/** What must be set beside the model: what is required, or else the key. */
async function variablesOf(adapter) {
  const settings = await adapter.describe({ variables: {}, general: true });
  const required = settings.filter(({ fault }) => fault);
  const shown =
    required.length > 0 ? required : settings.filter(({ secret, field }) => secret && field === "apiKey").slice(0, 1);
  return shown.map(({ field, variables, secret }) => {
    const own = variables.find((variable) => !variable.startsWith("LLM_")) ?? variables[0];
    const value = secret ? "your-key" : field === "baseURL" ? "https://your-host" : "your-value";
    return `export ${own}=${value}`;
  });
}
