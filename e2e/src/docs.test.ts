import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingServices } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Document, documents, type Program } from "./documents.ts";
import { assignments } from "./markdown.ts";
import { OfflineProvider } from "./offline-provider.ts";
import { judgeBlock } from "./shell-commands.ts";
import { root, workspaces } from "./workspace.ts";

// Inside this package, so that its dependencies are found as an application's would be.
const folder = join(root, "e2e/generated");
const bin = mkdtempSync(join(tmpdir(), "llmux-docs-"));
const guard = new URL("loopback-only.mjs", import.meta.url).href;
const found = documents();
/** The client of a server stands for it. */
const missing = (await missingServices(["redis", "postgres"])).map(
  (service) => ({ redis: "ioredis", postgres: "pg" })[service],
);
if (missing.length > 0)
  console.warn(`SKIPPED: programs of the documents that need ${missing.join(" and ")}, for nothing listens there`);
let provider: OfflineProvider;

beforeAll(async () => {
  provider = await OfflineProvider.start();
  rmSync(folder, { recursive: true, force: true });
  for (const document of found) {
    mkdirSync(folderOf(document), { recursive: true });
    for (const program of document.programs) writeFileSync(fileOf(document, program), redirect(program.text));
  }
  const chat = workspaces().find(({ path }) => path === "apps/chat");
  const main = join(chat?.folder ?? "", Object.values(chat?.manifest.bin ?? {})[0] ?? "");
  const run = `exec "${process.execPath}" --import "${guard}" "${main}" "$@"\n`;
  for (const name of ["chat", ...Object.keys(chat?.manifest.bin ?? {})]) script(name, run);
  script("npx", `shift\n${run}`);
  script("npm", `shift\nif [ "$1" = -- ]; then shift; fi\n${run}`);
});

afterAll(async () => {
  rmSync(bin, { recursive: true });
  await provider.stop();
});

it("there are documents", () => {
  expect(found.map(({ path }) => path)).toContain("README.md");
});

it("every program of the documents is sound TypeScript", async () => {
  const options = {
    extends: "../tsconfig.json",
    compilerOptions: { noFallthroughCasesInSwitch: false },
    include: ["."],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const tsc = join(root, "e2e/node_modules/typescript/bin/tsc");
  const { output } = await run(process.execPath, [tsc, "-p", folder], {});
  expect(output).toBe("");
});

for (const document of found.filter(({ blocks }) => blocks.length > 0)) {
  describe(document.path, () => {
    for (const program of document.programs) {
      const title = `line ${program.line}: the program ${program.throws ? "fails, as it is meant to" : "runs"}`;
      const lacks = missing.find((client) => program.text.includes(`from "${client}"`));
      const why = program.notRun ?? (lacks && `${lacks} has no server here`);
      it.skipIf(why !== undefined)(`${title}${why ? ` (${why})` : ""}`, async () => {
        const args = ["--no-warnings", "--import", guard, fileOf(document, program)];
        const { code, output } = await run(process.execPath, args, program.env);
        if (program.throws) expect(code, output).not.toBe(0);
        else expect(code, output).toBe(0);
      });
    }

    for (const { language, text, line, env } of document.blocks) {
      if (language === "ts" || language === "" || language === "text" || language === "mermaid") continue;
      if (language === "json") {
        it(`line ${line}: JSON`, () => void JSON.parse(text));
      } else if (language === "env" || language === "dotenv") {
        it(`line ${line}: variables`, () => {
          const lines = text.split("\n").filter((each) => each.trim() !== "" && !each.trim().startsWith("#"));
          for (const each of lines) expect(assignments(each.replace(/\s+#.*$/, "")).command, each).toBe("");
        });
      } else if (language === "sh" || language === "bash") {
        for (const { line: command, verdict } of judgeBlock(text)) {
          it(`line ${line}: ${verdict.kind === "syntax-only" ? "not run, syntax only" : verdict.kind}: ${command}`, async () => {
            if (verdict.kind === "wrong") expect.fail(verdict.why);
            const syntax = await run("bash", ["-n", "-c", command], {});
            expect(syntax.code, syntax.output).toBe(0);
            if (verdict.kind !== "chat") return;
            const { code, output } = await run("bash", ["-o", "pipefail", "-c", command], env);
            expect(code, output).toBe(0);
          });
        }
      } else {
        it(`line ${line}: a kind of block that can be checked`, () => {
          expect.fail(`nothing here knows how to check a block of "${language}"`);
        });
      }
    }
  });
}

function folderOf({ path }: Document): string {
  return join(folder, path.replace(/\W+/g, "-"));
}

function fileOf(document: Document, { file, line }: Program): string {
  return join(folderOf(document), file ?? `line-${line}.ts`);
}

/** A program's own endpoints become the offline provider's. */
function redirect(text: string): string {
  return text.replace(/\b(baseURL|endpoint|host)(\s*:\s*)"(https?:[^"]+)"/g, (_, name, colon, url) => {
    return `${name}${colon}${JSON.stringify(redirectURL(url))}`;
  });
}

function redirectURL(url: string): string {
  const { pathname, hostname } = new URL(url);
  const isOurs = /azure/.test(hostname) || pathname.endsWith("/v1");
  return `${provider.url}${isOurs ? pathname.replace(/^.*(\/v1)$/, "$1").replace(/\/$/, "") : ""}`;
}

/** The document's own variables, with the offline provider in place of every endpoint. */
function environment(env: Record<string, string>): Record<string, string> {
  const all: Record<string, string> = { LLM_NUM_RETRIES: "0", ...env, ...provider.env };
  if (env.LLM_BASE_URL) all.LLM_BASE_URL = redirectURL(env.LLM_BASE_URL);
  return all;
}

function script(name: string, text: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}`);
  chmodSync(join(bin, name), 0o755);
}

async function run(command: string, args: string[], env: Record<string, string>) {
  const child = spawn(command, args, {
    cwd: bin,
    env: { PATH: `${bin}:${process.env.PATH}`, HOME: bin, ...environment(env) },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      output += data;
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, output };
}
