/** `pnpm bench [--quick] [--only call,burst,…] [--provider openai,…] [--rounds 7]` */
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { startServer, works } from "./measure.ts";
import { Report } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";
import { PROVIDERS, type Provider } from "./variants.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    provider: { type: "string" },
    rounds: { type: "string" },
  },
});
const names = pick(values.only, Object.keys(SCENARIOS), "scenario");
const chosen = pick(values.provider, PROVIDERS, "provider");
const rounds = values.rounds ? Number(values.rounds) : values.quick ? 3 : 7;
if (!(rounds >= 1)) throw new Error("--rounds takes a number");

const report = new Report((line) => console.log(line));
console.log(
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "CPU"}, ${rounds} rounds; medians (min–max)`,
);
const server = await startServer();
try {
  const providers: Provider[] = [];
  for (const provider of chosen) {
    const fault = await works(provider, "llmux", server.url);
    if (fault === undefined) providers.push(provider);
    else report.missed.push(`${provider} does not run: ${fault}`);
  }
  const settings = { server: server.url, providers, rounds, scale: values.quick ? 0.4 : 1 };
  for (const name of names) await SCENARIOS[name]?.(settings, report);
} finally {
  server.stop();
}
if (report.missed.length > 0) {
  console.log(`\nMissed:\n${report.missed.map((figure) => `  ${figure}`).join("\n")}`);
  process.exitCode = 1;
} else console.log("\nEvery bar is met.");

function pick<T extends string>(text: string | undefined, known: readonly T[], what: string): readonly T[] {
  if (text === undefined) return known;
  return text.split(",").map((name) => {
    const found = known.find((candidate) => candidate === name.trim());
    if (!found) throw new Error(`No ${what} ${JSON.stringify(name)}; there are ${known.join(", ")}`);
    return found;
  });
}
