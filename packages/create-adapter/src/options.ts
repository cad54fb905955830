import { parseArgs } from "node:util";
import { isKind, isStream, KINDS, type Kind, STREAMS, type Stream } from "./kind.js";

/** What the command line says; the rest is asked. */
export interface Options {
  name: string | undefined;
  kind: Kind | undefined;
  stream: Stream | undefined;
  dir: string | undefined;
  /** Take the defaults for all that is not said. */
  yes: boolean;
  help: boolean;
}

/** The program was called wrongly. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const { kind, stream, dir, yes = false, help = false } = values;
  const names = [...positionals, ...(values.name === undefined ? [] : [values.name])];
  if (names.length > 1) throw new UsageError(`one name is enough: ${names.join(" ")}`);
  if (kind !== undefined && !isKind(kind)) throw new UsageError(`--kind is one of ${Object.keys(KINDS).join(", ")}`);
  if (stream !== undefined && !isStream(stream)) {
    throw new UsageError(`--stream is one of ${Object.keys(STREAMS).join(", ")}`);
  }
  if (stream !== undefined && kind !== undefined && kind !== "fetch") {
    throw new UsageError(`--stream goes with --kind fetch, not with ${kind}`);
  }
  if (dir?.trim() === "") throw new UsageError("--dir names no folder");
  return { name: names[0], kind: kind ?? (stream && "fetch"), stream, dir, yes, help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: "string", short: "n" },
        kind: { type: "string", short: "k" },
        stream: { type: "string", short: "s" },
        dir: { type: "string", short: "d" },
        yes: { type: "boolean", short: "y" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const list = (rows: Readonly<Record<string, string>>): string =>
  Object.entries(rows)
    .map(([name, what]) => `      ${name.padEnd(18)} ${what}`)
    .join("\n");

export const HELP: string = `Usage
  npm create llmux-adapter <name> -- [options]

Makes llmux-adapter-<name>: a package that builds, lints, passes the conformance kit and is ready to publish.
The name is the prefix in LLM_MODEL: lower-case letters, digits, - and _.

Options
  -n, --name <name>       the name, where it does not stand alone
  -k, --kind <kind>       what it is built on
${list(KINDS)}
  -s, --stream <form>     how a provider on fetch streams
${list(STREAMS)}
  -d, --dir <folder>      where to; default ./llmux-adapter-<name>
  -y, --yes               ask nothing: --kind openai-compatible, --stream sse
  -h, --help              this

What is not said is asked, in a terminal.
`;
