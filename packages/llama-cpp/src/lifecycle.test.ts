import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import type { LLMBackend, Message } from "@llmux/core";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { engineFor } from "./engine.js";
import { type LlamaCppConfig, llamaCpp, unloadModels } from "./index.js";
import { ANSWER, describeEngine, temporaryDirectory, writeChatModel } from "./testing/models.ts";

const { path: modelsDirectory, drop } = temporaryDirectory();
const backendOf = (config: LlamaCppConfig = {}): LLMBackend =>
  llamaCpp({ modelsDirectory, gpu: "cpu", threads: 1, contextSize: 256, ...config }).createBackend();
const messages: Message[] = [{ role: "user", content: "Why?" }];

beforeAll(() => {
  for (const name of ["a", "b", "c"]) writeChatModel(`${modelsDirectory}/${name}.gguf`);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await unloadModels();
  drop();
});

/** What is loaded and freed, in order, of the engine that the tests share. */
async function watch(): Promise<string[]> {
  const { llama } = await engineFor({ gpu: false, llama: undefined, logger: undefined });
  const log: string[] = [];
  const load = llama.loadModel.bind(llama);
  vi.spyOn(llama, "loadModel").mockImplementation(async (options) => {
    const name = /(\w)\.gguf$/.exec(options.modelPath)![1]!;
    log.push(`+${name}`);
    const model = await load(options);
    model.onDispose.createListener(() => log.push(`-${name}`));
    return model;
  });
  return log;
}

describeEngine("models", () => {
  it("are loaded once, also for calls at once, and freed on request", async () => {
    const log = await watch();
    const backend = backendOf();
    const ask = (): Promise<string> => backend.generate({ model: "a", messages }).then(({ text }) => text);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([ANSWER, ANSWER, ANSWER]);
    expect(log).toEqual(["+a"]);
    await unloadModels();
    expect(log).toEqual(["+a", "-a"]);
    await unloadModels();
    expect(await ask()).toBe(ANSWER);
    expect(log).toEqual(["+a", "-a", "+a"]);
  });

  it("are freed when their calls have ended", async () => {
    const backend = backendOf();
    const words: string[] = [];
    let freed: Promise<void> | undefined;
    for await (const event of backend.stream({ model: "a", messages })) {
      if (event.type === "text-delta") words.push(event.delta);
      freed ??= unloadModels();
    }
    expect(words.join("")).toBe(ANSWER);
    await freed;
  });

  it("make room for one another", async () => {
    await unloadModels();
    const log = await watch();
    const backend = backendOf({ maxModels: 2 });
    for (const model of ["a", "b", "a", "c", "a", "b"]) await backend.generate({ model, messages, maxTokens: 1 });
    expect(log).toEqual(["+a", "+b", "-b", "+c", "-c", "+b"]);
    const all = await Promise.all(["a", "b", "c", "a", "b", "c"].map((model) => backend.generate({ model, messages })));
    expect(new Set(all.map(({ text }) => text))).toEqual(new Set([ANSWER]));
  });

  it("may come from an engine that the caller has", async () => {
    const { llama } = await engineFor({ gpu: false, llama: undefined, logger: undefined });
    const { text } = await backendOf({ llama }).generate({ model: "a", messages });
    await unloadModels();
    expect(text).toBe(ANSWER);
    expect(llama.disposed).toBe(false);
  });

  it("are refused where the file is broken, and the engine goes on", async () => {
    const whole = readFileSync(`${modelsDirectory}/a.gguf`);
    const backend = backendOf();
    for (const [at, bytes] of [
      whole.subarray(0, 30),
      whole.subarray(0, 2000),
      whole.subarray(0, whole.length - 50_000),
      Buffer.from(whole.toString("latin1").replaceAll("llama", "lhama"), "latin1"),
    ].entries()) {
      writeFileSync(`${modelsDirectory}/broken${at}.gguf`, bytes);
      await expect(backend.generate({ model: `broken${at}`, messages })).rejects.toMatchObject({
        kind: "invalid-request",
        parameter: "model",
        message: expect.stringMatching(/can't load "broken\d": .+ Is the file whole/),
      });
    }
    expect((await backend.generate({ model: "a", messages })).text).toBe(ANSWER);
  });

  it("tell why they can't be loaded", async () => {
    writeFileSync(`${modelsDirectory}/cut.gguf`, readFileSync(`${modelsDirectory}/a.gguf`).subarray(0, 500_000));
    await expect(backendOf().generate({ model: "cut", messages })).rejects.toThrow(/not within the file bounds/);
  });
});

describeEngine("a program", () => {
  it("prints nothing but its own words, and ends by itself with the model loaded", async () => {
    const index = new URL("./index.ts", import.meta.url).href;
    const program = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve: (name, context, next) => next(/^\\.\\.?\\/.*\\.js$/.test(name) && context.parentURL?.endsWith(".ts") ? name.replace(/\\.js$/, ".ts") : name, context) });
      const { llamaCpp } = await import(${JSON.stringify(index)});
      const backend = llamaCpp({ modelsDirectory: process.argv[2], gpu: "cpu", threads: 1, contextSize: 256 }).createBackend();
      const messages = [{ role: "user", content: "Why?" }];
      await backend.generate({ model: "broken", messages }).catch(({ kind }) => console.log(kind));
      for await (const event of backend.stream({ model: "a", messages })) if (event.type === "text-delta") process.stdout.write(event.delta);
    `;
    writeFileSync(`${modelsDirectory}/broken.gguf`, readFileSync(`${modelsDirectory}/a.gguf`).subarray(0, 500_000));
    // A file: node-llama-cpp tries its binary in a process of its own, which gets this one's flags.
    writeFileSync(`${modelsDirectory}/program.mjs`, program);
    const run = promisify(execFile)(process.execPath, [`${modelsDirectory}/program.mjs`, modelsDirectory]);
    const { stdout, stderr } = await run;
    expect(stdout).toBe(`invalid-request\n${ANSWER}`);
    expect(stderr).toBe("");
  });
});
