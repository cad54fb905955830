import { conformance } from "./conformance.js";
import type { ConformanceOptions } from "./conformance-options.js";
import { FEATURES, type Feature } from "./feature.js";

/** How one check ended. */
export type CheckResult =
  | { status: "passed" }
  | { status: "failed"; error: Error }
  | { status: "skipped"; reason: string };

/** What is known of an adapter once the kit has been run on it. */
export interface ConformanceReport {
  /** Its id. */
  adapter: string;
  /** As people write it. */
  name: string;
  /** Whether no check failed. */
  passed: boolean;
  /** By the id of the check. */
  checks: Readonly<Record<string, CheckResult>>;
  features: FeatureSupport;
}

/** Of each feature `true`, or why the provider lacks it. */
export type FeatureSupport = Readonly<Record<Feature, true | { lacking: string }>>;

/** Runs every check, without any test runner. Never throws for a check that failed: the report says so. */
export async function runConformance(
  options: ConformanceOptions,
  { concurrency = 8 }: { concurrency?: number | undefined } = {},
): Promise<ConformanceReport> {
  const named = conformance(options);
  const results = new Map<string, CheckResult>();
  const queue = [...named];
  const work = async (): Promise<void> => {
    for (let check = queue.shift(); check; check = queue.shift()) {
      const { id, lacking, run } = check;
      if (lacking !== undefined) results.set(id, { status: "skipped", reason: lacking });
      else results.set(id, await run().then(passed, failed));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  return {
    ...describeAdapter(options),
    passed: ![...results.values()].some(({ status }) => status === "failed"),
    checks: Object.fromEntries(named.map(({ id }) => [id, results.get(id) as CheckResult])),
  };
}

/** What an adapter's options say of it, without running anything. */
export function describeAdapter(options: ConformanceOptions): Pick<ConformanceReport, "adapter" | "name" | "features"> {
  // Nothing is sent: an adapter is a description until a backend is made of it.
  const { id, name } = options.adapter({ baseURL: "http://127.0.0.1:9", apiKey: "none" });
  return { adapter: id, name, features: featuresOf(options) };
}

/** Of a feature that is one of another's: who lacks that lacks this too. */
const PART_OF: Readonly<Partial<Record<Feature, Feature>>> = {
  "parallel-tools": "tools",
  "tool-choice": "tools",
  "tool-errors": "tools",
  "reasoning-handback": "reasoning",
  dimensions: "embeddings",
  "embedding-usage": "embeddings",
  "error-in-stream": "stream",
};

function featuresOf({ lacks = {} }: ConformanceOptions): FeatureSupport {
  const all = Object.keys(FEATURES) as Feature[];
  return Object.fromEntries(
    all.map((feature) => {
      const whole = PART_OF[feature];
      const lacking = lacks[feature] ?? (whole && lacks[whole]);
      return [feature, lacking === undefined ? true : { lacking }];
    }),
  ) as FeatureSupport;
}

const passed = (): CheckResult => ({ status: "passed" });

const failed = (error: unknown): CheckResult => ({
  status: "failed",
  error: error instanceof Error ? error : new Error(String(error)),
});
