import { execFile, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeVariant, type Provider, type Way } from "./variants.ts";
import type { Job } from "./worker.ts";

const run = promisify(execFile);
const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** The fake provider in a process of its own. */
export async function startServer(): Promise<{ url: string; stop(): void }> {
  const server = fork(fileURLToPath(new URL("./server.ts", import.meta.url)));
  const port = await new Promise<number>((resolve, reject) => {
    server.once("message", (message) => resolve(message as number));
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`The fake provider ended with ${code}`)));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.kill() };
}

/** One way of doing a job, as a row of the comparison. */
export interface Contender {
  way: Way;
  transport?: boolean;
  modules?: readonly string[];
}

/** @throws Error with what the process printed where it failed */
async function measureOnce(job: Job): Promise<number> {
  const { stdout } = await run(process.execPath, [WORKER, JSON.stringify(job)], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as number;
}

/**
 * Measures all contenders in turn, A B C A B C …, each in a fresh process, so that what the machine does meanwhile falls on all of
 * them alike. Gives a list of figures, one a round, for each contender.
 */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
  job: Omit<Job, "way" | "transport" | "modules">,
): Promise<number[][]> {
  const figures: number[][] = contenders.map(() => []);
  // The first import of a file reads it from the disk; that is nobody's merit.
  if (job.kind === "import" || job.kind === "first-answer") {
    for (const contender of contenders) await measureOnce({ ...job, ...contender });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [at, contender] of contenders.entries()) {
      figures[at]?.push(await measureOnce({ ...job, ...contender }));
    }
  }
  return figures;
}

/** Whether a way works at all here; an adapter that is not built yet does not. */
export async function works(provider: Provider, way: Way, base: string): Promise<string | undefined> {
  try {
    await (await makeVariant(provider, way, base)).call();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] as string) : String(error);
  }
}
