import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Adapter } from "@llmux/core";
import type { ConformanceOptions } from "../conformance-options.js";
import type { ReferenceConfig } from "./reference/adapter.js";
import { reference } from "./reference/adapter.js";
import { referenceOptions } from "./reference-options.js";

/** A file of the reference adapter, and what stands in it in place of what. */
export type Edit = readonly [
  file: "adapter" | "backend" | "errors" | "from-stream" | "from-wire" | "to-wire",
  from: string,
  to: string,
];

/** The reference adapter with a fault in it, and the checks that are there to find it. */
export interface Mutant {
  /** What it does wrong. */
  fault: string;
  edits?: readonly Edit[];
  /** For a fault that core would not let an adapter make. */
  wrap?: (adapter: Adapter) => Adapter;
  /** What its author declares. */
  lacks?: ConformanceOptions["lacks"];
  /** Whether it is found out by its never ending: it is given up soon. */
  hangs?: boolean;
  caughtBy: readonly string[];
}

/** The options to run the kit on a mutant. */
export async function mutantOptions(mutant: Mutant): Promise<ConformanceOptions> {
  const make = mutant.edits ? await edited(mutant.edits) : reference;
  const wrapped = (config: ReferenceConfig): Adapter => (mutant.wrap ?? ((adapter) => adapter))(make(config));
  return referenceOptions(wrapped, { lacks: mutant.lacks, ...(mutant.hangs && { patience: 1000 }) });
}

const source = fileURLToPath(new URL("reference", import.meta.url));
/** Where the mutants find core, and no tool looks for tests. */
const out = fileURLToPath(new URL("../../node_modules/.cache/llmux-mutants", import.meta.url));
let made = 0;

/** Takes away what was made of the reference adapter. */
export function removeMutants(): void {
  for (let each = 0; each < made; each += 1) rmSync(folderOf(each), { recursive: true, force: true });
}

function folderOf(each: number): string {
  return join(out, `${process.pid}-${each}`);
}

async function edited(edits: readonly Edit[]): Promise<typeof reference> {
  const folder = folderOf(made++);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const name of readdirSync(source)) {
    let text = readFileSync(join(source, name), "utf8");
    for (const [file, from, to] of edits) {
      if (name !== `${file}.ts`) continue;
      if (text.split(from).length !== 2) throw new Error(`${name} does not hold exactly once: ${from}`);
      text = text.replace(from, () => to);
    }
    writeFileSync(join(folder, name.replace(/\.ts$/, ".js")), stripTypeScriptTypes(text));
  }
  const adapter = (await import(/* @vite-ignore */ pathToFileURL(join(folder, "adapter.js")).href)) as {
    reference: typeof reference;
  };
  return adapter.reference;
}
