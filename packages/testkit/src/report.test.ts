import { expect, it } from "vitest";
import { referenceOptions } from "./broken/reference-options.ts";
import { CHECKS } from "./checks.ts";
import { conformance } from "./conformance.ts";
import { FEATURES } from "./feature.ts";
import { featureMatrix } from "./feature-matrix.ts";
import { runConformance } from "./report.ts";

it("a report says how each check ended, and what is lacking", { timeout: 120_000 }, async () => {
  const skip = { recut: "not today" };
  const report = await runConformance(referenceOptions(undefined, { skip }));
  expect(report).toMatchObject({ adapter: "reference", name: "Reference", passed: true });
  expect(Object.keys(report.checks)).toEqual(CHECKS.map(({ id }) => id));
  expect(report.checks.recut).toEqual({ status: "skipped", reason: "not today" });
  expect(report.checks["generate-text"]).toEqual({ status: "passed" });
  expect(report.features.stream).toBe(true);
  expect(report.features["top-k"]).toEqual({ lacking: "the host has no such parameter" });
});

it("a report tells of what failed, with the reason", { timeout: 120_000 }, async () => {
  const options = referenceOptions();
  const broken = { ...options, dialect: { ...options.dialect, embeddings: undefined as never } };
  const report = await runConformance(broken, { concurrency: 4 });
  expect(report.passed).toBe(false);
  const failed = Object.entries(report.checks).flatMap(([id, { status }]) => (status === "failed" ? [id] : []));
  expect(failed).toEqual(["embeddings", "embedding-usage", "embedding-count", "dimensions"]);
  expect(report.checks.embeddings).toMatchObject({
    error: expect.objectContaining({ message: expect.stringContaining("Why it matters") }),
  });
});

it("the matrix has a row for each feature and a column for each adapter, and gives reasons", () => {
  const other = referenceOptions(undefined, { lacks: { audio: "it is | deaf" } });
  const lines = featureMatrix([referenceOptions(), other]).split("\n");
  expect(lines.slice(0, 3)).toEqual(["|  | Reference | Reference |", "| --- | :-: | :-: |", "| streams | ✓ | ✓ |"]);
  expect(lines).toContain("| audio by bytes | ✓ | – |");
  expect(lines.filter((line) => line.startsWith("|"))).toHaveLength(Object.keys(FEATURES).length + 2);
  expect(lines).toContain("  - audio by bytes: it is | deaf");
});

it("options that name what does not exist, or give no reason, are refused", () => {
  expect(() => conformance(referenceOptions(undefined, { skip: { nothing: "x" } }))).toThrow("no check");
  expect(() => conformance(referenceOptions(undefined, { skip: { recut: " " } }))).toThrow("say why");
  expect(() => conformance(referenceOptions(undefined, { lacks: { audio: "" } }))).toThrow("lacks.audio");
  expect(() => conformance(referenceOptions(undefined, { lacks: { sight: "x" } as never }))).toThrow("no feature");
});
