import { createInterface, type Interface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { isKind, isStream, KINDS, type Kind, STREAMS, type Stream } from "./kind.js";
import { type Names, namesOf } from "./names.js";
import { type Options, UsageError } from "./options.js";

/** All that has to be known. */
export interface Answers {
  names: Names;
  kind: Kind;
  /** Of the kind `fetch` only. */
  stream: Stream | undefined;
  dir: string;
}

export interface Terminal {
  input: Readable;
  output: Writable;
  /** Whether somebody can answer. */
  interactive: boolean;
}

/**
 * Completes what the command line says, by asking where somebody can answer.
 *
 * @throws UsageError where something is missing and nobody can; Error for a name that can't be one
 */
export async function completeOptions(options: Options, terminal: Terminal): Promise<Answers> {
  const missing = [
    ...(options.name === undefined ? ["a name"] : []),
    ...(options.kind === undefined && !options.yes ? ["--kind"] : []),
    ...(options.kind === "fetch" && options.stream === undefined && !options.yes ? ["--stream"] : []),
  ];
  // Before any question, so that a wrong name costs nobody an answer.
  if (options.name !== undefined) namesOf(options.name);
  if (missing.length === 0) return complete(options);
  if (!terminal.interactive || (options.yes && options.name === undefined)) {
    throw new UsageError(`${missing.join(" and ")} must be given: this is no terminal to ask in`);
  }
  const lines = createInterface({ input: terminal.input, output: terminal.output });
  // The end of the input (Ctrl-D) or Ctrl-C leaves a question that is never answered.
  const gone = new Promise<never>((_, reject) => lines.once("close", () => reject(new UsageError("cancelled"))));
  gone.catch(() => {});
  try {
    return await Promise.race([ask(lines, terminal, options), gone]);
  } finally {
    lines.close();
  }
}

async function ask(lines: Interface, { output }: Terminal, options: Options): Promise<Answers> {
  let { name, kind, stream } = options;
  while (name === undefined) {
    const typed = await lines.question("Its name, which is the prefix in LLM_MODEL (acme): ");
    try {
      name = namesOf(typed).id;
    } catch (error) {
      output.write(`${(error as Error).message}\n`);
    }
  }
  kind ??= await choose(lines, output, "What is it built on?", KINDS, isKind);
  if (kind === "fetch") stream ??= await choose(lines, output, "How does it stream?", STREAMS, isStream);
  return complete({ ...options, name, kind, stream });
}

async function choose<T extends string>(
  lines: Interface,
  output: Writable,
  question: string,
  choices: Readonly<Record<T, string>>,
  isChoice: (text: string) => text is T,
): Promise<T> {
  const names = Object.keys(choices) as T[];
  const rows = names.map((name, index) => `  ${index + 1}  ${name.padEnd(18)} ${choices[name]}\n`);
  output.write(`${question}\n${rows.join("")}`);
  for (;;) {
    const typed = (await lines.question(`1 to ${names.length} (1): `)).trim() || "1";
    const chosen = isChoice(typed) ? typed : names[Number(typed) - 1];
    if (chosen) return chosen;
  }
}

function complete({ name = "", kind = "openai-compatible", stream = "sse", dir }: Options): Answers {
  const names = namesOf(name);
  return { names, kind, stream: kind === "fetch" ? stream : undefined, dir: dir ?? names.packageName };
}
