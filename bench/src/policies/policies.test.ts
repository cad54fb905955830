import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { spread } from "../statistics.ts";
import { policyTable, type Row } from "./table.ts";

const main = `${import.meta.dirname}/main.ts`;

// What the figures are is for a quiet machine to say; here only that there are any.
it("prints a row for each policy, with a verdict on both bars", { timeout: 120_000 }, async () => {
  const args = [main, "--quick", "--rounds", "1", "--only", "retry,telemetry"];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(
    (error: { code: unknown; stdout: string; stderr: string }) => {
      // 1: a bar was missed, which one round on a busy machine may well do.
      expect([error.code, error.stderr]).toEqual([1, ""]);
      return error;
    },
  );
  const lines = stdout.split("\n");
  const row = (name: string): string => lines.find((line) => line.startsWith(`${name}  `)) ?? "";
  expect(row("bare")).toMatch(/^bare +\d+\.\d\d /);
  for (const name of ["retry", "telemetry, no SDK", "  over spans by hand"])
    expect(row(name).match(/ok|MISSED/g), name).toHaveLength(2);
  expect(row("telemetry, spans")).not.toMatch(/ok|MISSED/);
  expect(stdout).not.toContain("does not run");
});

it("says what there is where it does not know a name", async () => {
  await expect(promisify(execFile)(process.execPath, [main, "--only", "retri"])).rejects.toMatchObject({
    stderr: expect.stringContaining('No policy "retri"; there are timeout; retry'),
  });
});

describe("the table", () => {
  const row = (call: number, chunk: number, barred = true): Row => ({
    name: "x",
    call: spread([call]),
    stream: spread([1]),
    chunk: spread([chunk]),
    ratio: spread([1]),
    barred,
  });

  it("misses what is over a bar, and only there", () => {
    expect(policyTable([row(10, 1)]).missed).toEqual([]);
    expect(policyTable([row(10.5, 0), row(0, 1.25), row(99, 99, false)]).missed).toEqual([
      "x: 10.50 µs per call, bar 10",
      "x: 1.25 µs per chunk, bar 1",
    ]);
    expect(policyTable([row(10.5, 0)]).lines[1]).toMatch(/10\.50 .* MISSED .* 0\.000 .* ok$/);
  });
});
