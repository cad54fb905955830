import { describe, it } from "vitest";
import { conformance } from "./conformance.js";
import type { ConformanceOptions } from "./conformance-options.js";

/** The kit in vitest: one test a check, side by side; what the provider lacks is skipped, with the reason in its name. */
export function describeConformance(options: ConformanceOptions): void {
  describe.concurrent("conformance", () => {
    for (const { id, title, lacking, run } of conformance(options)) {
      // The kit's own patience ends a check that hangs.
      if (lacking === undefined) it(`${id}: ${title}`, { timeout: 600_000 }, run);
      else it.skip(`${id}: ${title} (${lacking})`);
    }
  });
}
