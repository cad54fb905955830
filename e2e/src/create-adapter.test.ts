import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OfflineProvider } from "./offline-provider.ts";
import { EmptyFolder, pack } from "./packed.ts";
import { run } from "./release-workspace.ts";
import { root } from "./workspace.ts";

interface Case {
  /** Its prefix. Of different lengths, for the formatter has its say about each. */
  id: string;
  flags: string[];
  /** Its variables begin so. */
  variable: string;
}

const CASES: Case[] = [
  { id: "acme", flags: ["--kind", "openai-compatible"], variable: "ACME" },
  { id: "acme-sdk", flags: ["--kind", "sdk"], variable: "ACME_SDK" },
  { id: "new", flags: ["--kind", "fetch", "--stream", "sse"], variable: "NEW" },
  {
    id: "acme_of-north2bay-llc-xy",
    flags: ["--stream", "ndjson"],
    variable: "ACME_OF_NORTH2BAY_LLC_XY",
  },
];

const PROGRAM = `import { collect, fromEnv } from "@llmux/core";

const llm = await fromEnv();
const messages = [{ role: "user", content: "Why is the sky blue?" }];
const { text, provider } = await llm.generate({ messages });
const streamed = await collect(llm.stream({ messages }));
console.log(JSON.stringify({ provider, text, streamed: streamed.text, finish: streamed.finishReason.unified }));
`;

const ANSWER = "Because the air scatters blue light more than red.";
const ATTW = join(root, "node_modules/.bin/attw");
const COMMANDS = ["build", "typecheck", "lint", "test", "check:package"];

describe("npm create llmux-adapter, from packed packages", () => {
  const folder = new EmptyFolder();
  const application = new EmptyFolder();
  const alone = new EmptyFolder();
  let provider: OfflineProvider;
  let acme: Server;

  beforeAll(async () => {
    provider = await OfflineProvider.start();
    acme = createServer(answer);
    await new Promise<void>((resolve) => acme.listen(0, "127.0.0.1", resolve));
    const names = [
      "@llmux/core",
      "@llmux/testkit",
      "@llmux/openai",
      "@llmux/openai-compatible",
      "create-llmux-adapter",
    ];
    const tarballs = pack(names, folder.path);
    const create = tarballs.pop() as string;
    execFileSync("tar", ["-xf", create], { cwd: folder.path });
    mkdirSync(join(folder.path, "made"));
    for (const { id, flags } of CASES) {
      const dir = join("made", id);
      expect(await createAdapter(id, ...flags, "--dir", dir)).toMatchObject({ code: 0 });
    }
    // One install for all; llmux's packages come from the tarballs.
    const dependencies = Object.fromEntries(tarballs.map((file, index) => [names[index], `file:${file}`]));
    folder.write("package.json", JSON.stringify({ private: true, workspaces: ["made/*"], dependencies }));
    await npm(folder, "install", "--no-audit", "--no-fund", "--prefer-offline");
    await Promise.all(CASES.map(check));
    const packed = globSync("made/*/*.tgz", { cwd: folder.path }).map((file) => join(folder.path, file));
    expect(packed).toHaveLength(CASES.length);
    application.write("package.json", JSON.stringify({ name: "application", private: true, type: "module" }));
    application.write("program.js", PROGRAM);
    const ours = tarballs.filter((file) => !file.includes("testkit"));
    await npm(application, "install", "--no-audit", "--no-fund", "--prefer-offline", ...ours, ...packed);
  });

  afterAll(async () => {
    folder.remove();
    application.remove();
    alone.remove();
    acme?.close();
    await provider?.stop();
  });

  const results = new Map<string, string[]>();

  /** Builds, checks and packs one, and notes what failed. */
  async function check({ id }: Case): Promise<void> {
    const failed: string[] = [];
    results.set(id, failed);
    const home = join(folder.path, "made", id);
    for (const command of COMMANDS) {
      const { code, output } = await run("npm", ["run", "--silent", command], home, environment());
      if (code !== 0) failed.push(`${command}: ${output}`);
    }
    const { output: tarball } = await run("npm", ["pack", "--silent"], home, environment());
    const { code, output } = await run(ATTW, [tarball.trim(), "--profile", "esm-only"], home, environment());
    if (code !== 0) failed.push(`attw: ${output}`);
  }

  function createAdapter(...args: string[]) {
    const main = join(folder.path, "package/dist/main.js");
    return run(process.execPath, [main, ...args], folder.path, environment());
  }

  describe.each(CASES)("$id, made with $flags", ({ id, variable, flags }) => {
    it("builds, type-checks, lints, passes the conformance kit, publint and attw as it is", () => {
      expect(results.get(id)).toEqual([]);
    });

    it("is packed with what a package needs, and nothing else", () => {
      const home = join(application.path, "node_modules", `llmux-adapter-${id}`);
      const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
      expect(manifest).toMatchObject({ name: `llmux-adapter-${id}`, type: "module" });
      expect(manifest.keywords).toContain("llmux-adapter");
      expect(manifest.peerDependencies["@llmux/core"]).toMatch(/^\^\d+\.\d+\.\d+$/);
      expect(JSON.stringify(manifest)).not.toContain("workspace:");
      expect(globSync("*", { cwd: home }).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
      const dist = globSync("dist/**/*.*", { cwd: home });
      expect(dist).toContain("dist/index.d.ts");
      expect(dist.filter((file) => /test/.test(file))).toEqual([]);
      for (const file of ["README.md", "LICENSE", ...dist])
        expect(readFileSync(join(home, file), "utf8"), file).not.toMatch(/\{\{\w+\}\}/);
    });

    it("is found by LLM_MODEL, and answers", async () => {
      const own = `http://127.0.0.1:${(acme.address() as AddressInfo).port}`;
      const url = flags.includes("ndjson") ? `${own}/ndjson` : flags.includes("fetch") ? `${own}/sse` : provider.url;
      const env = {
        PATH: process.env.PATH ?? "",
        LLM_MODEL: `${id}/any`,
        LLM_NUM_RETRIES: "0",
        [`${variable}_API_KEY`]: "offline",
        [`${variable}_BASE_URL`]: `${url}/v1`,
      };
      const { code, output } = await run(process.execPath, ["program.js"], application.path, env);
      expect(code, output).toBe(0);
      expect(JSON.parse(output)).toEqual({ provider: id, text: ANSWER, streamed: ANSWER, finish: "stop" });
    });
  });

  it("has a workflow that publishes with provenance, and a first changeset", () => {
    for (const { id } of CASES) {
      const read = (path: string) => readFileSync(join(folder.path, "made", id, path), "utf8");
      expect(read(".github/workflows/release.yml")).toContain('NPM_CONFIG_PROVENANCE: "true"');
      expect(read(".github/workflows/release.yml")).toContain("id-token: write");
      expect(read(".github/workflows/release.yml")).toContain("$" + "{{ secrets.NPM_TOKEN }}");
      expect(read(".github/workflows/ci.yml")).toContain("npm test");
      expect(read(".changeset/first-release.md")).toContain(`"llmux-adapter-${id}": minor`);
      expect(read(".gitignore")).toContain("node_modules/");
    }
  });

  it("becomes 0.1.0 by its first changeset", async () => {
    // Apart from the others, which share an install and so look like one workspace.
    const home = join(alone.path, "acme");
    const own = join(folder.path, "made/acme");
    cpSync(own, home, { recursive: true, filter: (path) => !path.startsWith(join(own, "node_modules")) });
    symlinkSync(join(folder.path, "node_modules"), join(home, "node_modules"));
    execFileSync("git", ["init", "--quiet", "--initial-branch", "main"], { cwd: home });
    const { code, output } = await run("npm", ["exec", "--", "changeset", "version"], home, environment());
    expect(code, output).toBe(0);
    expect(JSON.parse(readFileSync(join(home, "package.json"), "utf8")).version).toBe("0.1.0");
    expect(readFileSync(join(home, "CHANGELOG.md"), "utf8")).toContain("The first release.");
  });

  it("overwrites nothing", async () => {
    const { code, output } = await createAdapter("acme", "--yes", "--dir", "made/acme");
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining("is not empty: nothing was written") });
  });
});

function environment(): Record<string, string> {
  const { CI: _CI, NODE_OPTIONS: _options, ...rest } = process.env;
  return Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => !/^(npm_(?!config_)|VITEST)/.test(entry[0])),
  );
}

async function npm({ path }: EmptyFolder, ...args: string[]): Promise<void> {
  const { code, output } = await run("npm", args, path, environment());
  expect(code, output).toBe(0);
}

/** The provider that the templates on plain `fetch` are written for. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = "";
  for await (const piece of request) text += piece;
  const usage = { input_tokens: 6, output_tokens: 9 };
  if (!(JSON.parse(text) as { stream: boolean }).stream) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ output: [{ type: "text", text: ANSWER }], stop_reason: "end", usage }));
    return;
  }
  const events = [
    ...ANSWER.split(/(?= )/).map((piece) => ({ type: "text", text: piece })),
    { type: "end", stop_reason: "end", usage },
  ];
  const sse = request.url?.startsWith("/sse/");
  response.setHeader("content-type", sse ? "text/event-stream" : "application/x-ndjson");
  for (const event of events) response.write(sse ? `data: ${JSON.stringify(event)}\n\n` : `${JSON.stringify(event)}\n`);
  response.end();
}
