import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assignments, type Block, codeBlocks, shellLines } from "./markdown.ts";
import { root } from "./workspace.ts";

/** A block, and the variables that its document has set by then. */
export interface PlacedBlock extends Block {
  env: Record<string, string>;
}

/** A TypeScript program of a document: a block with imports, and those after it that go on from it. */
export interface Program {
  line: number;
  /** With as many lines before it as in the document, so that errors name the document's own lines. */
  text: string;
  /** A file name from a first line like `// acme.ts`. */
  file: string | undefined;
  throws: boolean;
  /** Why it is type-checked alone. */
  notRun: string | undefined;
  env: Record<string, string>;
}

export interface Document {
  /** Relative to the root. */
  path: string;
  blocks: PlacedBlock[];
  programs: Program[];
}

/** What a document that names no model is run with, by the package that it stands in. */
const MODELS: Readonly<Record<string, string>> = {
  openai: "openai/gpt-4o",
  azure: "azure/my-deployment",
  anthropic: "anthropic/claude-sonnet-5-5",
  ollama: "ollama/llama3.2",
};

/** Every document that a reader is meant to follow. */
export function documents(): Document[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed
    .split("\n")
    .filter((path) => path !== "" && !/^(\.changeset|api)\/|CHANGELOG\.md$/.test(path))
    .filter((path) => existsSync(join(root, path)))
    .sort()
    .map((path) => document(path, readFileSync(join(root, path), "utf8")));
}

export function document(path: string, markdown: string): Document {
  const own = Object.entries(MODELS).find(([name]) => path.includes(name))?.[1];
  const all = codeBlocks(markdown);
  const firstModel = all.flatMap((block) => variablesOf(block).LLM_MODEL ?? [])[0];
  let env: Record<string, string> = {};
  const blocks = all.map((block) => {
    const set = variablesOf(block);
    // Another model is another set-up: nothing of the last one's key or endpoint belongs to it.
    env = set.LLM_MODEL === undefined ? { ...env, ...set } : set;
    return { ...block, env: { LLM_MODEL: firstModel ?? own ?? "openai/gpt-4o", ...env } };
  });
  return { path, blocks, programs: programs(blocks) };
}

/** The variables that a block of `sh` or `env` sets. */
function variablesOf({ language, text }: Block): Record<string, string> {
  if (!["sh", "bash", "env", "dotenv"].includes(language)) return {};
  return Object.assign({}, ...shellLines(text).map((line) => withoutCommand(assignments(line))));
}

/** `A=1 command` sets A for that command alone. */
function withoutCommand({ variables, command }: ReturnType<typeof assignments>): Record<string, string> {
  return command === "" ? variables : {};
}

function programs(blocks: readonly PlacedBlock[]): Program[] {
  const found: Program[] = [];
  for (const { language, flags, text, line, env } of blocks) {
    if (language !== "ts") continue;
    const unknown = flags.filter((flag) => !["throws", "no-run"].includes(flag));
    if (unknown.length > 0) throw new Error(`line ${line}: no such flag of a code block: ${unknown.join(", ")}`);
    const last = found.at(-1);
    if (last && !/^import\b/m.test(text)) {
      const gap = "\n".repeat(Math.max(0, line - 1 - last.text.split("\n").length));
      last.text += `${gap}\n{ ${text}\n}`;
      last.throws ||= flags.includes("throws");
      last.notRun ??= notRun(flags, text);
      continue;
    }
    found.push({
      line,
      text: `${"\n".repeat(line - 1)}${text}`,
      file: /^\/\/ ([\w-]+\.ts)\s*$/m.exec(text.split("\n")[0] ?? "")?.[1],
      throws: flags.includes("throws"),
      notRun: notRun(flags, text),
      env,
    });
  }
  return found;
}

function notRun(flags: readonly string[], text: string): string | undefined {
  if (flags.includes("no-run")) return "marked no-run";
  return text.includes("@azure/identity") ? "needs a sign-in to Microsoft Entra ID" : undefined;
}
