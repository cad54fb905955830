// Writes what each public package exports, with its types, into api/<package>.api.md, so that a change of it shows in review; with
// --check only says what differs. Reads the built declarations.
import { spawnSync } from "node:child_process";
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = fileURLToPath(new URL("../", import.meta.url));
const temporary = realpathSync(mkdtempSync(join(tmpdir(), "llmux-api-")));
const check = process.argv.includes("--check");
const target = check ? join(temporary, "api") : join(root, "api");

try {
  mkdirSync(target, { recursive: true });
  if (!check) for (const old of globSync("*.api.md", { cwd: target })) rmSync(join(target, old));
  for (const folder of readdirSync(join(root, "packages")).sort()) {
    const { private: hidden, exports = {}, name } = manifestOf(folder);
    const entries = Object.entries(exports).filter(([, { types }]) => types !== undefined);
    // A command has no types to report.
    if (hidden || entries.length === 0) continue;
    writeFileSync(join(target, `${folder}.api.md`), report(folder, name, entries));
  }
  if (check && differs()) {
    console.error(
      "The public API has changed. If that is meant, run the script `api-report` (see CONTRIBUTING) and commit api/.",
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(temporary, { recursive: true });
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
}

function report(folder, name, entries) {
  const project = join(root, "packages", folder);
  const subpaths = entries.filter(([path]) => path !== ".");
  // The extractor takes one entry. As namespaces of one file, entries that share a declaration show it once.
  const entry = join(temporary, `${folder}.d.ts`);
  const from = (types) => JSON.stringify(relative(temporary, join(project, types)).replace(/\.d\.ts$/, ".js"));
  const lines = entries.map(([path, { types }]) => {
    if (path !== ".") return `export * as ${namespaceOf(path)} from ${from(types)};`;
    const hasDefault = /\bexport default\b|\bdefault\b.*\} from/.test(readFileSync(join(project, types), "utf8"));
    return `export * from ${from(types)};${hasDefault ? ` export { default } from ${from(types)};` : ""}`;
  });
  writeFileSync(entry, `${lines.join("\n")}\n`);
  extract(folder, project, entry);
  const extracted = readFileSync(join(temporary, `${folder}.api.md`), "utf8");
  const code = /```ts\n([\s\S]*?)```/
    .exec(extracted)[1]
    .replace(/^\/\/ \(No @packageDoc.*$/m, "")
    .trim();
  const parts = [`# The API of ${name}\n\nWritten by the script \`api-report\`.`];
  if (subpaths.length > 0) {
    parts.push(subpaths.map(([path]) => `- \`${name}${path.slice(1)}\` is \`${namespaceOf(path)}\``).join("\n"));
  }
  parts.push(fence(code.replace(/^ *\/\/ \(undocumented\)\n/gm, "").replace(/ \(undocumented\)$/gm, "")));
  const added = augmentations(project);
  if (added.length > 0) parts.push("What it adds to the types of others:", fence(added.join("\n\n")));
  return `${parts.join("\n\n")}\n`;
}

/** `./tool-calls` → `tool_calls`. */
function namespaceOf(path) {
  return path.slice(2).replace(/\W/g, "_");
}

function fence(code) {
  return `\`\`\`ts\n${code}\n\`\`\``;
}

function extract(folder, project, entry) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(project, "package.json"),
    configObject: {
      projectFolder: project,
      mainEntryPointFilePath: entry,
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions: compilerOptions(), files: [entry] } },
      apiReport: {
        enabled: true,
        includeForgottenExports: true,
        reportFileName: folder,
        reportFolder: temporary,
        reportTempFolder: join(temporary, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        extractorMessageReporting: { default: { logLevel: "none" } },
        tsdocMessageReporting: { default: { logLevel: "none" } },
      },
    },
  });
  const faults = [];
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      if (message.logLevel === "error") faults.push(message.formatMessageWithLocation(root));
      message.handled = true;
    },
  });
  if (!succeeded) throw new Error(`${folder}: ${faults.join("\n")}`);
}

function compilerOptions() {
  return {
    target: "es2023",
    lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable", "esnext.disposable"],
    module: "nodenext",
    moduleResolution: "nodenext",
    strict: true,
    // What others publish is not judged here.
    skipLibCheck: true,
    types: ["node"],
  };
}

/** The `declare module` blocks of its declarations, which the extractor passes over: options typed by an adapter, for example. */
function augmentations(project) {
  return globSync("dist/**/*.d.ts", { cwd: project })
    .sort()
    .flatMap(
      (file) => readFileSync(join(project, file), "utf8").match(/^declare module [^\n]*\{\n[\s\S]*?^\}/gm) ?? [],
    );
}

function differs() {
  const { status, stdout } = spawnSync("git", ["diff", "--no-index", "--no-color", "--", join(root, "api"), target], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return false;
  console.error(stdout);
  return true;
}
