import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shellLines } from "./markdown.ts";
import { root, type Workspace, workspaces } from "./workspace.ts";

/** What a test can do about a line of a shell block. */
export type Verdict =
  /** The sample application, which can be run. */
  | { kind: "chat" }
  /** Checked by reading. */
  | { kind: "checked" }
  /** Not to be run here: a program of somebody else's, or the whole test run. */
  | { kind: "syntax-only" }
  | { kind: "wrong"; why: string };

/** Programs that a reader has and this machine may not, or that reach beyond it. */
const FOREIGN = [
  "ollama",
  "az",
  "curl",
  "docker",
  "git",
  "cd",
  "brew",
  "systemctl",
  "sudo",
  "node",
  "jq",
  "ls",
  "mkdir",
  "sh",
];
/** What may stand beside the sample application in a pipe. */
const HARMLESS = ["echo", "printf", "cat", "head", "tail", "true"];

const packages = workspaces();
const published = packages.filter(({ isPublic }) => isPublic);
const chat = packages.find(({ path }) => path === "apps/chat");
const scripts = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Workspace["manifest"]).scripts ?? {};
/** Everything that a package here depends on, so that an `npm install` of it is no slip of the pen. */
const known = new Set(
  packages.flatMap(({ manifest }) =>
    Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies }),
  ),
);

export function judgeBlock(text: string): { line: string; verdict: Verdict }[] {
  return shellLines(text).map((line) => ({ line, verdict: judge(line) }));
}

/** Judges a line, its assignments of variables apart. */
export function judge(line: string): Verdict {
  const verdicts = line
    .replace(/"[^"]*"|'[^']*'/g, "''")
    .split(/\s*(?:&&|\|\||;|\|)\s*/)
    .map((command) => command.replace(/^export\s+/, "").replace(/^(\w+=\S*\s*)+/, ""))
    .map(judgeCommand);
  return (
    verdicts.find(({ kind }) => kind === "wrong") ??
    verdicts.find(({ kind }) => kind === "syntax-only") ??
    verdicts.find(({ kind }) => kind === "chat") ?? { kind: "checked" }
  );
}

function judgeCommand(command: string): Verdict {
  const [program = "", ...args] = command.split(/\s+/);
  const [first = "", ...rest] = args;
  if (program === "" || HARMLESS.includes(program)) return { kind: "checked" };
  if (FOREIGN.includes(program)) return { kind: "syntax-only" };
  if (program === "chat" || program in (chat?.manifest.bin ?? {})) return { kind: "chat" };
  if (program === "npx") {
    if (first === chat?.name) return { kind: "chat" };
    const name = args.find((arg) => !arg.startsWith("-"))?.replace(/(.)@.*$/, "$1") ?? "";
    if (known.has(name) || name === "pnpm") return { kind: "syntax-only" };
    return { kind: "wrong", why: `no package here depends on ${name}` };
  }
  if (["npm", "pnpm", "yarn", "bun"].includes(program)) {
    if (["install", "i", "add"].includes(first)) return judgeInstall(rest);
    if (program === "npm" && first === "start") return { kind: "chat" };
    if (program === "npm" && ["login", "publish"].includes(first)) return { kind: "syntax-only" };
    if (first === "create") return judgeCreate(rest);
    const script = first === "run" || first === "exec" ? rest[0] : first;
    if (script !== undefined && script in scripts) return { kind: "syntax-only" };
    if (first === "exec" || first === "--filter") return { kind: "syntax-only" };
    return { kind: "wrong", why: `package.json has no script ${script}` };
  }
  return { kind: "wrong", why: `${program} is not known: is it a slip, or to be added to the list of programs?` };
}

/** `npm create x` runs the package `create-x`. */
function judgeCreate([name = ""]: readonly string[]): Verdict {
  if (published.some((workspace) => workspace.name === `create-${name}`)) return { kind: "syntax-only" };
  return { kind: "wrong", why: `there is no package create-${name}` };
}

function judgeInstall(args: readonly string[]): Verdict {
  for (const arg of args.filter((each) => !each.startsWith("-"))) {
    const name = arg.replace(/(.)@.*$/, "$1");
    const ours = published.some((workspace) => workspace.name === name);
    if (!ours && (name.startsWith("@llmux/") || !(known.has(name) || name.startsWith("llmux-adapter-")))) {
      return { kind: "wrong", why: `there is no package ${name}` };
    }
  }
  return { kind: "checked" };
}
