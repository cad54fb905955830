import { parseArgs } from "node:util";
import { ENV_VARIABLES } from "@llmux/core";
import { UsageError } from "./errors.js";

const options = {
  model: { type: "string", short: "m" },
  system: { type: "string", short: "s" },
  image: { type: "string", multiple: true },
  schema: { type: "string" },
  tools: { type: "boolean" },
  json: { type: "boolean" },
  interactive: { type: "boolean", short: "i" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

type Flags = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>["values"];
type Flag = keyof typeof options;

type Command = "talk" | "models" | "embed" | "doctor";

export interface Arguments {
  command: Command;
  /** What follows the command. */
  words: readonly string[];
  flags: Flags;
}

/** The flags that each command takes, besides --help and --version. */
const FLAGS: Readonly<Record<Command, readonly Flag[]>> = {
  talk: ["model", "system", "image", "schema", "tools", "json", "interactive"],
  models: ["json"],
  embed: ["model", "json"],
  doctor: ["json"],
};

/** @throws UsageError */
export function parseArguments(args: readonly string[]): Arguments {
  let parsed: { values: Flags; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0]);
  }
  const { values: flags, positionals } = parsed;
  const [first = "", ...rest] = positionals;
  const isCommand = first !== "talk" && Object.hasOwn(FLAGS, first);
  const command = isCommand ? (first as Command) : "talk";
  const words = isCommand ? rest : positionals;
  for (const flag of Object.keys(flags) as Flag[]) {
    if (flag !== "help" && flag !== "version" && !FLAGS[command].includes(flag)) {
      throw new UsageError(`${command} takes no --${flag}`);
    }
  }
  if (command === "doctor" && words.length > 0) throw new UsageError("doctor takes no arguments");
  if (command === "models" && words.length > 1) throw new UsageError("models takes one provider at most");
  if (flags.schema !== undefined && flags.tools) throw new UsageError("--schema and --tools exclude each other");
  if (flags.interactive && (flags.json || flags.schema !== undefined || words.length > 0)) {
    throw new UsageError("--interactive takes no prompt, no --json and no --schema");
  }
  return { command, words, flags };
}

export const HELP: string = `Usage
  llmux-chat                      chat in the terminal
  llmux-chat "prompt"             answer once; what is piped in goes with the prompt
  llmux-chat models [provider]    list models
  llmux-chat embed "text" …       embed texts
  llmux-chat doctor               show the settings, try the provider, say what is wrong

Options
  -m, --model prefix/model   in place of LLM_MODEL (embed: of LLM_EMBEDDING_MODEL)
  -s, --system text          instructions for the model
      --image path|URL       send an image with the prompt; may be repeated
      --schema file.json     the answer is JSON of this JSON Schema
      --tools                let the model tell the time and calculate
      --json                 print one JSON object
  -i, --interactive          chat though standard input is no terminal, a prompt a line
  -h, --help                 this
  -v, --version              the version

Environment
${ENV_VARIABLES.map(({ name, description, default: fallback }) => `  ${name.padEnd(29)} ${description}${fallback ? ` (default: ${fallback})` : ""}`).join("\n")}
  The providers' own variables (OPENAI_API_KEY, ANTHROPIC_API_KEY, OLLAMA_HOST, …) are read too.

Exit codes
  0 answered   1 failed   2 called wrongly   130 stopped by Ctrl-C
`;
