/** `pnpm run simulate [--calls 1000000] [--seed 1] [--only leastBusy,…] [--plot simulation.svg]` */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { plot } from "./plot.ts";
import type { Job, Outcome } from "./simulate.ts";
import { table } from "./table.ts";
import { VARIANTS } from "./variants.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    plot: { type: "string" },
  },
});
const calls = Number(values.calls);
const seed = Number(values.seed);
if (!(Number.isInteger(calls) && calls > 0)) throw new Error("--calls takes a number");
if (!Number.isInteger(seed)) throw new Error("--seed takes a number");
const variants = Object.keys(VARIANTS).filter((name) => !values.only || values.only.includes(name));
if (variants.length === 0) throw new Error(`--only takes some of ${Object.keys(VARIANTS).join("; ")}`);

const outcomes = await inThreads(variants.map((variant) => ({ variant, calls, seed })));
console.log(table(outcomes));
if (values.plot) writeFileSync(values.plot, plot(outcomes));

async function inThreads(jobs: readonly Job[]): Promise<Outcome[]> {
  const results: Outcome[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url));
    while (next < jobs.length) {
      const at = next++;
      worker.postMessage(jobs[at]);
      results[at] = await new Promise<Outcome>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      worker.removeAllListeners("error");
      console.error(`${jobs[at]!.variant}: done`);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism(), jobs.length) }, lane));
  return results;
}
