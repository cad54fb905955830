import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { build, type Metafile } from "esbuild";
import { describe, expect, it } from "vitest";
import { root, workspaces } from "./workspace.ts";

const packages = workspaces();
const adapters = packages.filter(({ manifest }) => manifest.keywords?.includes("llmux-adapter"));

/** Whose translation an adapter may reuse; gemini's, for Claude on Vertex AI, is an optional peer. */
const REUSED: Readonly<Record<string, readonly string[]>> = {
  "@llmux/azure": ["@llmux/openai"],
  "@llmux/openai-compatible": ["@llmux/openai"],
  "@llmux/gemini": ["@llmux/anthropic"],
};

describe("for a browser or an edge runtime", () => {
  it.each([
    "@llmux/core",
    "@llmux/core/adapter",
    "@llmux/openai",
    "@llmux/anthropic",
    "@llmux/ollama",
    "@llmux/openai-compatible",
    "@llmux/ai-sdk",
  ])("%s loads nothing that only Node has", async (entry) => {
    const metafile = await bundle(`import * as all from "${entry}"; globalThis.all = all;`);
    const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    expect(imported.filter(isBuiltin)).toEqual([]);
  });

  it("finds a Node-only import where there is one", async () => {
    await expect(bundle('import "node:fs";')).rejects.toThrow("node:fs");
  });

  it("an application with an adapter bundles", async () => {
    const metafile = await bundle(
      'import { createLLM } from "@llmux/core"; import { openai } from "@llmux/openai"; createLLM({ adapters: [openai] });',
    );
    expect(Object.keys(metafile.inputs).some((path) => path.includes("import-adapter.node"))).toBe(false);
  });
});

describe("arrows point one way", () => {
  it.each(packages.map(({ name, folder }) => ({ name, folder })))(
    "$name reaches into no other package",
    ({ folder }) => {
      const bad = importsOf(folder).filter(
        ({ specifier, file }) =>
          /^@llmux\/[^/]+\/(src|dist)\b/.test(specifier) || leaves(specifier, file, `${folder}/`),
      );
      expect(bad).toEqual([]);
    },
  );

  it("core imports no adapter and no provider's SDK", () => {
    const core = packages.find(({ name }) => name === "@llmux/core");
    const sdks = adapters.flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}));
    const known = [...adapters.map(({ name }) => name), ...sdks, "@azure/identity", "undici"];
    const all = { ...core?.manifest.dependencies, ...core?.manifest.peerDependencies };
    expect(Object.keys(all).filter((name) => known.includes(name))).toEqual([]);
    const imported = importsOf(core?.folder ?? "").filter(({ file }) => !/\.test(-d)?\.ts$/.test(file));
    expect(imported.filter(({ specifier }) => known.includes(packageOf(specifier)))).toEqual([]);
  });

  it.each(adapters.map(({ name, manifest, folder }) => ({ name, manifest, folder })))(
    "$name imports no other adapter, but for the translations that it reuses",
    ({ name, manifest, folder }) => {
      const others = adapters.map((other) => other.name).filter((other) => other !== name);
      const forbidden = others.filter((other) => !REUSED[name]?.includes(other));
      const imported = importsOf(folder).map(({ specifier }) => packageOf(specifier));
      const all = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies });
      expect([...imported, ...all].filter((other) => forbidden.includes(other))).toEqual([]);
      expect(Object.keys(manifest.peerDependencies ?? {})).toContain("@llmux/core");
    },
  );
});

describe("manifests", () => {
  it.each(packages.map(({ name, manifest, isPublic }) => ({ name, manifest, isPublic })))(
    "$name keeps the house's conventions",
    ({ manifest, isPublic }) => {
      expect(manifest).toMatchObject({ type: "module", license: "MIT" });
      expect(manifest.scripts).toMatchObject({ typecheck: "tsc -p tsconfig.json --noEmit" });
      // Without the report its tests would not be counted.
      expect(manifest.scripts?.test).toMatch(/--outputFile\.json=\.turbo\/test-report\.json$/);
      if (!isPublic) return;
      expect(manifest.scripts).toMatchObject({ "check:package": "node ../../scripts/check-package.mjs" });
      expect(manifest.engines?.node).toMatch(/^>=22/);
      if (manifest.bin === undefined) expect(manifest).toMatchObject({ sideEffects: false });
    },
  );

  // New adapters ask for the ranges in its devDependencies, a change of which publishes nothing.
  it("the scaffolder is released with a core that leaves the range of the one before", () => {
    const changesets = globSync(".changeset/*.md", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
    const leaves = changesets.some((text) => /^"@llmux\/core": (minor|major)$/m.test(text));
    if (leaves) expect(changesets.join("\n")).toMatch(/^"create-llmux-adapter": /m);
  });

  it("core's table of adapters is as the adapters say", () => {
    const script = join(root, "scripts/known-adapters.mjs");
    execFileSync(process.execPath, [script, "--check"], { stdio: ["ignore", "ignore", "pipe"] });
  });

  it("the list of providers and the tables of features are as the adapters say", () => {
    const script = join(root, "scripts/providers-doc.mjs");
    execFileSync(process.execPath, [script, "--check"], { stdio: ["ignore", "ignore", "pipe"] });
  });
});

async function bundle(contents: string): Promise<Metafile> {
  const result = await build({
    stdin: { contents, resolveDir: join(root, "e2e") },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
    outdir: "out",
    splitting: true,
  });
  return result.metafile;
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || builtinModules.includes(specifier);
}

function importsOf(folder: string): { file: string; specifier: string }[] {
  return globSync("src/**/*.ts", { cwd: folder }).flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)"([^"\n]+)"/g);
    return [...found].map(([, specifier]) => ({ file, specifier: specifier ?? "" }));
  });
}

/** Whether a relative import leaves its package. */
function leaves(specifier: string, file: string, folder: string): boolean {
  return specifier.startsWith(".") && !join(folder, dirname(file), specifier).startsWith(folder);
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
