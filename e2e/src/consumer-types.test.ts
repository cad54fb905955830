import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EmptyFolder, install } from "./packed.ts";
import { root } from "./workspace.ts";

// What must not compile stands under a `@ts-expect-error`, which is itself an error where the compiler has none to report.
const PROGRAM = readFileSync(join(root, "e2e/consumer/program.ts"), "utf8");
const COMPILERS = { "5.9": "typescript-5.9", "7": "typescript" };

describe("a consumer's program against the packed packages", () => {
  const folder = new EmptyFolder();

  beforeAll(() => {
    const adapters = ["openai", "azure", "anthropic", "ollama"].map((name) => `@llmux/${name}`);
    install(folder, ["@llmux/core", ...adapters], "zod@4", "arktype@2", "@types/node@24");
  });

  afterAll(() => folder.remove());

  const cases = Object.entries(COMPILERS).flatMap(([version, compiler]) =>
    ["nodenext", "bundler"].map((resolution) => ({ version, compiler, resolution })),
  );

  it.each(cases)("compiles with TypeScript $version under $resolution", ({ compiler, resolution }) => {
    expect(compile(compiler, resolution, PROGRAM)).toEqual({ errors: [], status: 0 });
  });

  function compile(compiler: string, resolution: string, program: string) {
    folder.write("program.ts", program);
    const options = {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: "es2022",
      lib: ["es2023", "dom", "dom.iterable"],
      types: ["node"],
      module: resolution === "nodenext" ? "nodenext" : "esnext",
      moduleResolution: resolution,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
    };
    folder.write("tsconfig.json", JSON.stringify({ compilerOptions: options, files: ["program.ts"] }));
    const tsc = join(root, "e2e/node_modules", compiler, "bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: folder.path, encoding: "utf8" });
    return { errors: stdout.split("\n").filter((line) => line.includes("error TS")), status };
  }
});
