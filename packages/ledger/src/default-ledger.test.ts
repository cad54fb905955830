import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mockBackend } from "@llmux/testkit";
import { afterAll, expect, it, vi } from "vitest";
import { DEFAULT_PATH, openLedger } from "./sqlite.js";
import { allRows } from "./testing/rows.js";
import { withLedger } from "./with-ledger.js";

const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };
const folder = mkdtempSync(join(tmpdir(), "llmux-default-"));
const before = process.cwd();
process.chdir(folder);
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

it("refuses calls, before they are made, where no ledger can be opened", async () => {
  const lacking = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  const backend = mockBackend("Hello");
  const refusal = { kind: "invalid-request", message: /no node:sqlite/ };
  await expect(withLedger(backend).generate(request)).rejects.toMatchObject(refusal);
  await expect(withLedger(backend).stream(request)[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
  expect(backend.requests).toEqual([]);
  lacking.mockRestore();
});

it("is a file in the working directory, opened with the first call, one for all backends", async () => {
  const [one, two] = [withLedger(mockBackend("Hello")), withLedger(mockBackend("Hello", { provider: "other" }))];
  expect(existsSync(DEFAULT_PATH)).toBe(false);
  await Promise.all([one.generate(request), two.generate(request), one.embed({ values: ["a"] })]);
  for await (const _ of two.stream(request));
  await using reader = openLedger({ path: DEFAULT_PATH });
  const rows = await allRows(reader);
  expect(rows.map(({ kind, provider }) => `${provider} ${kind}`).sort()).toEqual([
    "mock embed",
    "mock generate",
    "other generate",
    "other stream",
  ]);
});
