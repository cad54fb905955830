/** `node src/policies/main.ts [--only budget,…] [--rounds 5] [--quick]`: what each policy adds to a call and to a chunk. */
import { execFile } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { spread } from "../statistics.ts";
import { AGAINST, PEERS, POLICIES } from "./policies.ts";
import { policyTable, type Row } from "./table.ts";
import type { Figures, PolicyJob } from "./worker.ts";

const run = promisify(execFile);
const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const rounds = values.rounds ? Number(values.rounds) : values.quick ? 2 : 5;
if (!(rounds >= 1)) throw new Error("--rounds takes a number");
const chosen = values.only?.split(",").map((name) => name.trim()) ?? Object.keys(POLICIES);
const names = Object.keys(POLICIES).filter((name) => chosen.some((one) => name === one || name.startsWith(`${one},`)));
const unknown = chosen.find((one) => !names.some((name) => name === one || name.startsWith(`${one},`)));
if (unknown !== undefined)
  throw new Error(`No policy ${JSON.stringify(unknown)}; there are ${Object.keys(POLICIES).join("; ")}`);
const peers = Object.keys(PEERS).filter((peer) => peer === "bare" || names.some((name) => AGAINST[name] === peer));

const figures = new Map<string, Figures[]>([...peers, ...names].map((name) => [name, []]));
const faults: string[] = [];
for (let round = 0; round < rounds; round++) {
  // In turn, so that what the machine does meanwhile falls on all alike.
  for (const [name, found] of figures) {
    try {
      found.push(await measureOnce({ policy: name, calls: values.quick ? 4_000 : 20_000 }));
    } catch (error) {
      figures.delete(name);
      faults.push(`${name} does not run: ${reason(error)}`);
    }
  }
}

const rows = [...figures.keys()].flatMap((name): Row[] => {
  const other = AGAINST[name];
  const barred = Object.hasOwn(POLICIES, name) && other === undefined;
  const row = rowOf(name, name, "bare", barred);
  return other === undefined ? [row] : [row, rowOf(`  over ${other}`, name, other, true)];
});
const { lines, missed } = policyTable(rows);
console.log(
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "CPU"}, ${rounds} rounds; µs of CPU, medians (min–max)\n`,
);
for (const line of lines) console.log(line);
const wrong = [...missed, ...faults];
if (wrong.length > 0) {
  console.log(`\nMissed:\n${wrong.map((line) => `  ${line}`).join("\n")}`);
  process.exitCode = 1;
} else console.log("\nEvery bar is met.");

/** What a policy adds to the other, as both were in the same round. */
function rowOf(title: string, name: string, other: string, barred: boolean): Row {
  const own = figures.get(name) ?? [];
  const others = figures.get(other) ?? [];
  const added = (figure: "call" | "stream" | "chunk"): number[] =>
    own.map((one, at) => one[figure] - (name === "bare" ? 0 : (others[at]?.[figure] ?? Number.NaN)));
  const call = added("call");
  const ratio = spread(call.map((value, at) => value / (own[at]?.reference ?? Number.NaN)));
  return {
    name: title,
    call: spread(call),
    stream: spread(added("stream")),
    chunk: spread(added("chunk")),
    ratio,
    barred,
  };
}

async function measureOnce(job: PolicyJob): Promise<Figures> {
  const { stdout } = await run(process.execPath, [WORKER, JSON.stringify(job)], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as Figures;
}

/** The line of what a process printed that says what went wrong. */
function reason(error: unknown): string {
  const { stderr = "", message } = error as Error & { stderr?: string };
  return stderr.split("\n").find((line) => /^\w*Error\b/.test(line)) ?? message;
}
