/** One policy measured in a process of its own: told its name as JSON, answers with {@link Figures} as JSON. */
import type { LLMBackend } from "@llmux/core";
import { bareBackend, request } from "./bare-backend.ts";
import { PEERS, POLICIES } from "./policies.ts";

export interface PolicyJob {
  policy: string;
  /** How many calls are measured, and a fifth of that many streams. */
  calls: number;
}

/** Microseconds of CPU. */
export interface Figures {
  call: number;
  /** A stream of few chunks: what beginning and ending one costs. */
  stream: number;
  chunk: number;
  /** The request through JSON and back: work that every process has alike. */
  reference: number;
}

const CHUNKS = { few: 20, many: 520 };
const IN_FLIGHT = 16;

const job = JSON.parse(process.argv[2] as string) as PolicyJob;
process.stdout.write(JSON.stringify(await measure()));
process.exit();

async function measure(): Promise<Figures> {
  let chunks = CHUNKS.few;
  const around = { ...POLICIES, ...PEERS }[job.policy];
  if (!around) throw new Error(`No policy ${job.policy}`);
  const backend = await around(bareBackend(() => chunks));
  const call = (): Promise<unknown> => backend.generate(request);
  const stream = (): Promise<void> => drain(backend, chunks);
  await check(backend, chunks);
  const { calls } = job;
  await timed(call, calls / 2);
  const perCall = await timed(call, calls);
  await timed(stream, calls / 5);
  const few = await timed(stream, calls / 5);
  chunks = CHUNKS.many;
  await timed(stream, calls / 20);
  const many = await timed(stream, calls / 20);
  const json = async (): Promise<unknown> => JSON.parse(JSON.stringify(request));
  await timed(json, calls);
  const reference = await timed(json, calls * 2);
  return { call: perCall, stream: few, chunk: (many - few) / (CHUNKS.many - CHUNKS.few), reference };
}

/** CPU of one run, in microseconds, over many of which some are under way at once. */
async function timed(once: () => Promise<unknown>, count: number): Promise<number> {
  const before = process.cpuUsage();
  let left = Math.ceil(count);
  const many = left;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (left-- > 0) await once();
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / many;
}

async function drain(backend: LLMBackend, chunks: number): Promise<void> {
  let deltas = 0;
  // So many tokens, so that a cache does not answer with a stream of another length.
  for await (const event of backend.stream({ ...request, maxTokens: chunks }))
    if (event.type === "text-delta") deltas++;
  if (deltas !== chunks) throw new Error(`${job.policy} handed over ${deltas} of ${chunks} chunks`);
}

/** What is measured must be the right answer. */
async function check(backend: LLMBackend, chunks: number): Promise<void> {
  const { text, usage } = await backend.generate(request);
  if (!text.startsWith("Sunlight") || usage.outputTokens.total !== 148) throw new Error(`${job.policy} gave ${text}`);
  await drain(backend, chunks);
}
