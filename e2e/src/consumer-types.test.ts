import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EmptyFolder, install } from "./packed.ts";
import { root } from "./workspace.ts";

const PROGRAM = readFileSync(join(root, "e2e/consumer/program.ts"), "utf8");
const COMPILERS = { "5.9": "typescript-5.9", "7": "typescript" };

describe("a consumer's program against the packed packages", () => {
  const folder = new EmptyFolder();

  beforeAll(() => {
    const adapters = ["openai", "azure", "anthropic", "ollama"].map((name) => `@llmux/${name}`);
    install(folder, ["@llmux/core", ...adapters], "zod@4", "@types/node@24");
  });

  afterAll(() => folder.remove());

  const cases = Object.entries(COMPILERS).flatMap(([version, compiler]) =>
    ["nodenext", "bundler"].map((resolution) => ({ version, compiler, resolution })),
  );

  it.each(cases)("compiles with TypeScript $version under $resolution", ({ compiler, resolution }) => {
    expect(compile(compiler, resolution, PROGRAM)).toEqual({ errors: [], status: 0 });
  });

  // Each line is an error of its own, so that the compilers are seen to check these types at all, and not to take them for `any`.
  it.each(cases)(
    "is refused by TypeScript $version under $resolution where it is wrong",
    ({ compiler, resolution }) => {
      const lines = PROGRAM.split("\n");
      const expected = lines.filter((line) => line.trim().startsWith("// @ts-expect-error")).length;
      const { errors } = compile(compiler, resolution, PROGRAM.replaceAll("// @ts-expect-error", "//"));
      expect(new Set(errors.map((error) => /\((\d+),/.exec(error)?.[1])).size).toBe(expected);
    },
  );

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
