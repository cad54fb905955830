import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

// What the figures are is for a quiet machine to say; here only that there are any.
it("measures a scenario and prints a line for each figure", { timeout: 120_000 }, async () => {
  const args = [`${import.meta.dirname}/main.ts`, "--quick", "--rounds", "1", "--only", "call", "--provider", "ollama"];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(
    (error: { code: unknown; stdout: string; stderr: string }) => {
      // 1: a bar was missed, which one round on a busy machine may well do.
      expect([error.code, error.stderr]).toEqual([1, ""]);
      return error;
    },
  );
  // What was missed is told again at the end.
  const [figures = ""] = stdout.split("\nMissed:");
  const lines = figures.split("\n").filter((line) => line.startsWith("  ollama: "));
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const line of lines) expect(line).toMatch(/^ {2}ollama: [\w +/]+? +\d+\.\d\d ×( +≤ [\d.]+ +(ok|MISSED))?$/);
  expect(lines[0]).toMatch(/llmux \/ SDK .* ≤ 1\.1 +(ok|MISSED)$/);
});

it("says what there is where it does not know a name", async () => {
  const args = [`${import.meta.dirname}/main.ts`, "--only", "cal"];
  await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject({
    stderr: expect.stringContaining('No scenario "cal"; there are call, burst, single'),
  });
});
