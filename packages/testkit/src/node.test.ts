import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

// Where the built kit and core are found as a stranger's tests would find them.
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "llmux-node-test-"));
mkdirSync(join(folder, "node_modules/@llmux"), { recursive: true });
symlinkSync(root, join(folder, "node_modules/@llmux/testkit"));
symlinkSync(join(root, "node_modules/@llmux/core"), join(folder, "node_modules/@llmux/core"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the kit under node:test, on the reference adapter, with these lines in its options. */
async function run(lines: string): Promise<{ code: number; output: string }> {
  const own = join(folder, lines.length.toString());
  mkdirSync(join(own, "reference"), { recursive: true });
  writeFileSync(join(own, "package.json"), '{"type":"module"}');
  const source = fileURLToPath(new URL("broken/reference", import.meta.url));
  for (const name of readdirSync(source)) {
    const text = stripTypeScriptTypes(readFileSync(join(source, name), "utf8"));
    writeFileSync(join(own, "reference", name.replace(/\.ts$/, ".js")), text);
  }
  const file = join(own, "conformance.test.js");
  writeFileSync(
    file,
    `import { openaiChat } from "@llmux/testkit";
import { describeConformance } from "@llmux/testkit/node";
import { reference } from "./reference/adapter.js";

describeConformance({
  adapter: ({ baseURL, apiKey }) => reference({ baseURL: baseURL + "/v1", apiKey }),
  dialect: openaiChat,
  model: "reference-1",
  embedBatch: 8,
  ${lines}
});
`,
  );
  return new Promise((resolve) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = ["--test-reporter=tap", file];
    execFile(process.execPath, args, { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

const LACKS = `lacks: { "file-url": "no", "top-k": "no", "count-tokens": "no" },`;

it("an adapter that keeps its promises passes under node:test", { timeout: 120_000 }, async () => {
  const { code, output } = await run(`${LACKS} skip: { "html-page": "for the test's sake" },`);
  expect(code, output).toBe(0);
  expect(output).toMatch(/# pass [1-9]\d\d/);
  expect(output).toContain("# SKIP for the test's sake");
});

it("an adapter that does not is told which, and why", { timeout: 120_000 }, async () => {
  const { code, output } = await run(LACKS.replace(`"top-k": "no", `, ""));
  expect(code).toBe(1);
  expect(output).toMatch(/# fail [12]\b/);
  expect(output).toContain("parameter-top-k: topK reaches the provider");
  expect(output).toContain("Why it matters");
});
