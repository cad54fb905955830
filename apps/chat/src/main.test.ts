import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { KEY, startProvider } from "./testing/provider.js";
import type { Env } from "./wiring.js";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

beforeAll(() => {
  if (!existsSync(program)) throw new Error("These tests run the built program: build it first");
});

interface Run {
  child: ChildProcess;
  ended: Promise<{ code: number | null; out: string; err: string }>;
}

function start(args: readonly string[], env: Env, stdin: "ignore" | "pipe" = "ignore"): Run {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH, OLLAMA_HOST: "127.0.0.1:9", ...env },
    stdio: [stdin, "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout?.on("data", (piece) => {
    out += piece;
  });
  child.stderr?.on("data", (piece) => {
    err += piece;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

it("runs its main job with nothing set, no terminal and no input, and ends", async () => {
  const { code, out, err } = await start([], {}).ended;
  expect(code).toBe(0);
  expect(out).toContain("the sky is blue");
  expect(err).toContain("the offline provider answers");
});

it("answers a prompt with what is piped in, and shows no key", async () => {
  await using provider = await startProvider([{ match: { userMessage: "the text" }, response: { content: "Short." } }]);
  const { child, ended } = start(["summarise"], provider.env, "pipe");
  child.stdin?.end("the text");
  expect(await ended).toEqual({ code: 0, out: "Short.\n", err: "" });
});

it("ends with 1 and one line on stderr where the call fails", async () => {
  await using provider = await startProvider([
    { match: {}, response: { error: { message: `bad key ${KEY}`, code: "invalid_api_key" }, status: 401 } },
  ]);
  const { code, out, err } = await start(["hello"], provider.env).ended;
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toMatch(/^authentication: .*\n$/);
  expect(err).not.toContain(KEY);
});

it("ends with 2 where it is called wrongly", async () => {
  expect((await start(["--bogus"], {}).ended).code).toBe(2);
});

const endless = { match: {}, response: { content: "word ".repeat(20_000) }, chunkSize: 5, latency: 5 };

it("ends with 130 at Ctrl-C", async () => {
  await using provider = await startProvider([endless]);
  const { child, ended } = start(["hello"], provider.env);
  child.stdout?.once("data", () => child.kill("SIGINT"));
  const { code, out } = await ended;
  expect(code).toBe(130);
  expect(out).toMatch(/^(word )+(w?o?r?d?)\n$/);
});

it("ends quietly when its reader has seen enough", async () => {
  await using provider = await startProvider([endless]);
  const { child, ended } = start(["hello"], provider.env);
  child.stdout?.once("data", () => child.stdout?.destroy());
  expect(await ended).toMatchObject({ code: 0, err: "" });
});
