import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "./run.js";

// The ranges are those that publishing writes into the manifest; here there are none yet.
vi.mock("./ranges.js", () => ({ rangeOf: () => "^1.2.3" }));

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "llmux-create-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** Runs it, with somebody who answers where there are answers. */
async function create(args: string[], answers?: string[]) {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const pending = [...(answers ?? [])];
  let said = "";
  output.on("data", (data) => {
    said += data;
    // A question stands at the end of what was said.
    if (!/: $/.test(said)) return;
    said += "\n";
    const next = pending.shift();
    if (next === undefined) input.end();
    else input.write(`${next}\n`);
  });
  let complaints = "";
  errors.on("data", (data) => {
    complaints += data;
  });
  const code = await run(args, { input, output, errors, interactive: answers !== undefined, cwd });
  await new Promise((resolve) => setImmediate(resolve));
  return { code, said, complaints };
}

const read = (path: string): string => readFileSync(join(cwd, path), "utf8");

describe("create-llmux-adapter", () => {
  it("asks for nothing that was said", async () => {
    const { code, said, complaints } = await create(["acme", "--kind", "sdk"]);
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    expect(said).toContain("cd llmux-adapter-acme");
    const manifest = JSON.parse(read("llmux-adapter-acme/package.json"));
    expect(manifest).toMatchObject({
      name: "llmux-adapter-acme",
      dependencies: { openai: expect.any(String) },
      peerDependencies: { "@llmux/core": "^1.2.3" },
    });
    expect(readdirSync(join(cwd, "llmux-adapter-acme"))).toEqual(expect.arrayContaining([".github", ".gitignore"]));
  });

  it("asks for the rest, again where an answer is none", async () => {
    const { code, said } = await create([], ["Acme!", "acme", "7", "3", "ndjson"]);
    expect(code).toBe(0);
    expect(said).toContain("\"Acme!\" can't be an adapter's name");
    expect(said.match(/1 to 3/g)).toHaveLength(2);
    expect(read("llmux-adapter-acme/src/frames.ts")).toContain("readLines");
  });

  it("takes the first choice for an empty answer, and the defaults with --yes", async () => {
    expect((await create(["acme"], [""])).code).toBe(0);
    expect(read("llmux-adapter-acme/src/adapter.ts")).toContain("defineHost");
    expect((await create(["--name", "acme", "-y", "-k", "fetch", "-d", "b"])).code).toBe(0);
    expect(read("b/src/frames.ts")).toContain("readServerSentEvents");
  });

  it("is called off by the end of the input, and writes nothing", async () => {
    expect(await create([], ["acme"])).toMatchObject({ code: 2, complaints: expect.stringContaining("cancelled") });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each([
    [[], "a name and --kind must be given: this is no terminal to ask in"],
    [["acme"], "--kind must be given"],
    [["acme", "--kind", "fetch"], "--stream must be given"],
    [["--yes"], "a name must be given"],
    [["acme", "--kind", "soap"], "--kind is one of openai-compatible, sdk, fetch"],
    [["acme", "--stream", "xml"], "--stream is one of sse, ndjson"],
    [["acme", "--kind", "sdk", "--stream", "sse"], "--stream goes with --kind fetch"],
    [["acme", "other", "--yes"], "one name is enough"],
    [["acme", "--name", "other", "--yes"], "one name is enough"],
    [["acme", "--kin", "sdk"], "Unknown option '--kin'"],
    [["acme", "--yes", "--dir", ""], "--dir names no folder"],
  ])("refuses %j where nobody can be asked", async (args, message) => {
    expect(await create(args)).toMatchObject({ code: 2, complaints: expect.stringContaining(message) });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("refuses a name before it asks", async () => {
    const { code, said, complaints } = await create(["ollama"], ["1"]);
    expect({ code, said }).toEqual({ code: 1, said: "" });
    expect(complaints).toContain("is a prefix of @llmux/ollama");
  });

  it("writes only into an empty folder, in which git may have begun", async () => {
    mkdirSync(join(cwd, "full/.git"), { recursive: true });
    expect((await create(["acme", "-y", "-d", "full"])).code).toBe(0);
    writeFileSync(join(cwd, "full/README.md"), "mine");
    const again = await create(["acme", "-y", "-d", "full"]);
    expect(again).toMatchObject({ code: 1, complaints: expect.stringContaining("is not empty: nothing was written") });
    expect(read("full/README.md")).toBe("mine");
    writeFileSync(join(cwd, "file"), "mine");
    expect(await create(["acme", "-y", "-d", "file"])).toMatchObject({
      code: 1,
      complaints: expect.stringContaining("is a file"),
    });
  });

  it("says how it is called", async () => {
    expect(await create(["--help"])).toMatchObject({
      code: 0,
      said: expect.stringContaining("npm create llmux-adapter"),
    });
  });
});
