/** One measurement in a process of its own: told what to do as JSON in its argument, answers with a number as JSON on its output. */
import { makeVariant, type Provider, type Variant, type Way } from "./variants.ts";

export interface Job {
  kind: "call" | "stream" | "embed" | "throughput" | "import" | "first-answer";
  provider: Provider;
  way: Way;
  /** Whether the fast transport stands in for Node's fetch. */
  transport?: boolean;
  base: string;
  /** How often the job is done while it is measured, and before. */
  count: number;
  warmUp: number;
  /** How many are under way at once. */
  inFlight: number;
  /** Of a stream. */
  chunks?: number;
  encoding?: "base64" | "json";
  /** To be imported one after the other. */
  modules?: readonly string[];
}

const job = JSON.parse(process.argv[2] as string) as Job;
process.stdout.write(JSON.stringify(await measure()));
process.exit();

async function measure(): Promise<number> {
  const started = performance.now();
  if (job.kind === "import") {
    // Processor time: it agrees with the clock on an idle machine and stays the same on a busy one.
    const before = process.cpuUsage();
    for (const module of job.modules ?? []) await import(module);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }
  const fetch = job.transport ? ((await import("@llmux/transport")).transport() as typeof globalThis.fetch) : undefined;
  const variant = await makeVariant(job.provider, job.way, job.base, fetch);
  if (job.kind === "first-answer") {
    check(await variant.call());
    return performance.now() - started;
  }
  const once = action(variant);
  await run(once, job.warmUp);
  const before = process.cpuUsage();
  const from = performance.now();
  await run(once, job.count);
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(before);
  if (job.kind === "throughput") return job.count / seconds;
  return (user + system) / job.count / (job.kind === "stream" ? (job.chunks as number) : 1);
}

/** The job, with a check that it was really done. */
function action(variant: Variant): () => Promise<void> {
  if (job.kind === "embed") {
    return async () => {
      const [count, length] = (await variant.embed?.(job.encoding ?? "base64")) ?? [];
      if (count !== 2048 || length !== 1536) throw new Error(`${job.way} gave ${count} vectors of ${length}`);
    };
  }
  if (job.kind === "stream") return async () => check(await variant.stream());
  return async () => check(await variant.call());
}

function check(text: string): void {
  if (!text.startsWith("The sky is blue because"))
    throw new Error(`${job.way} gave ${JSON.stringify(text.slice(0, 80))}`);
}

async function run(once: () => Promise<void>, count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await once();
  };
  await Promise.all(Array.from({ length: Math.min(job.inFlight, count) }, lane));
}
