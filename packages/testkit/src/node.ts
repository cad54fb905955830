import { describe, it } from "node:test";
import { conformance } from "./conformance.js";
import type { ConformanceOptions } from "./conformance-options.js";

/** The kit in node:test: one test a check, side by side; what the provider lacks is skipped, with the reason. */
export function describeConformance(options: ConformanceOptions): void {
  describe("conformance", { concurrency: 8 }, () => {
    for (const { id, title, lacking, run } of conformance(options))
      it(`${id}: ${title}`, { skip: lacking ?? false }, run);
  });
}
