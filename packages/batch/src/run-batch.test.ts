import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbedResult, type GenerateRequest, type GenerateResult, type LLMBackend, LLMError } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BatchOutcome, runBatch } from "./index.js";
import { fileJournal } from "./journal.js";
import { takeAll } from "./testing/take-all.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "batch-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const ask = (content: string): GenerateRequest => ({ model: "m", messages: [{ role: "user", content }] });
const list = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, request: ask(`q${index}`) }));
const echo = (): ReturnType<typeof mockBackend> => mockBackend((request) => JSON.stringify(request.messages));

describe("runBatch", () => {
  it("answers each request once, and pulls no more than it needs", async () => {
    let pulled = 0;
    let taken = 0;
    let most = 0;
    async function* requests() {
      for (; pulled < 10_000; ) {
        pulled += 1;
        yield { id: `${pulled}`, request: ask(`${pulled}`) };
      }
    }
    const ids = new Set<string>();
    for await (const { id } of runBatch(
      mockBackend(() => "a"),
      requests(),
      { concurrency: { max: 32 } },
    )) {
      taken += 1;
      most = Math.max(most, pulled - taken);
      ids.add(id);
    }
    expect(ids.size).toBe(10_000);
    expect(most).toBeLessThan(70);
  });

  it("makes ids from what is asked, also where the same is asked twice", async () => {
    const outcomes = await takeAll(runBatch(echo(), [ask("a"), ask("a"), ask("b")]));
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(3);
  });

  it("records failures, and stops where what follows would fail too", async () => {
    const bad = new LLMError({ kind: "invalid-request", message: "no" });
    const broke = new LLMError({ kind: "quota-exceeded", message: "empty" });
    const backend = mockBackend((_, call) => (call === 1 ? bad : call === 5 ? broke : "a"));
    const batch = runBatch(backend, list(100), { concurrency: { max: 1 } });
    const outcomes: BatchOutcome[] = [];
    await expect(
      (async () => {
        for await (const each of batch) outcomes.push(each);
      })(),
    ).rejects.toMatchObject({ kind: "quota-exceeded" });
    expect(outcomes.map(({ error }) => error?.kind)).toEqual([
      undefined,
      "invalid-request",
      undefined,
      undefined,
      undefined,
    ]);
    expect(backend.requests).toHaveLength(6);
  });

  it("leaving the loop ends it and leaves a journal to resume from", async () => {
    const path = join(folder, "j");
    let before = 0;
    for await (const _ of runBatch(echo(), list(50), { journal: fileJournal(path, { sync: false }) }))
      if (++before === 10) break;
    const backend = echo();
    const outcomes = await takeAll(runBatch(backend, list(50), { journal: fileJournal(path, { sync: false }) }));
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(50);
    const resumed = outcomes.filter((each) => each.resumed);
    expect(resumed.length).toBeGreaterThanOrEqual(10);
    expect(backend.requests).toHaveLength(50 - resumed.length);
    for (const { id, result } of outcomes) expect((result as GenerateResult).text).toContain(`"q${id.slice(1)}"`);
  });

  it("an abort ends calls under way and throws", async () => {
    const controller = new AbortController();
    const hang: LLMBackend = {
      ...echo(),
      generate: ({ signal }) =>
        new Promise((_, reject) =>
          signal!.addEventListener("abort", () => reject(new LLMError({ kind: "aborted", message: "x" }))),
        ),
    };
    const run = takeAll(runBatch(hang, list(5), { signal: controller.signal }));
    setTimeout(() => controller.abort());
    await expect(run).rejects.toMatchObject({ kind: "aborted" });
  });
});

describe("options", () => {
  it.each([
    ["concurrency.initial", { concurrency: { initial: 0 } }],
    ["concurrency.max", { concurrency: { initial: 8, max: 4 } }],
    ["retries", { retries: -1 }],
    ["stopOn", { stopOn: "server" as never }],
    ["total", { total: 1.5 }],
    ["onProgress", { onProgress: "bar" as never }],
  ])("refuses a %s that makes no sense", (parameter, options) => {
    expect(() => runBatch(echo(), [], options)).toThrow(
      expect.objectContaining({ kind: "invalid-request", parameter }) as Error,
    );
  });
});

describe("fileJournal", () => {
  it("cuts a torn line at every byte, and does that request again", async () => {
    const path = join(folder, "j");
    await takeAll(runBatch(echo(), list(3), { journal: fileJournal(path, { sync: false }) }));
    const whole = await readFile(path);
    const { size } = await stat(path);
    const lastLine = whole.lastIndexOf(10, size - 2) + 1;
    for (let cut = lastLine; cut < size; cut += 37) {
      await writeFile(path, whole);
      await truncate(path, cut);
      const backend = echo();
      const outcomes = await takeAll(runBatch(backend, list(3), { journal: fileJournal(path, { sync: false }) }));
      expect(outcomes).toHaveLength(3);
      expect(backend.requests).toHaveLength(1);
    }
  });

  it("refuses a list that has changed, a second run, and what is no journal", async () => {
    const path = join(folder, "j");
    await takeAll(runBatch(echo(), list(1), { journal: fileJournal(path) }));
    await expect(
      takeAll(runBatch(echo(), [{ id: "r0", request: ask("other") }], { journal: fileJournal(path) })),
    ).rejects.toThrow(/changed/);
    const held = await fileJournal(path).open();
    await expect(fileJournal(path).open()).rejects.toThrow(/in use/);
    await held.close();
    await writeFile(path, "hello\n");
    await expect(fileJournal(path).open()).rejects.toThrow(/not a journal/);
  });

  it("takes over the lock of a dead process, not of a living one", async () => {
    const path = join(folder, "j");
    const { hostname } = await import("node:os");
    await writeFile(`${path}.lock`, JSON.stringify({ pid: 2 ** 22 + 5, host: hostname() }));
    await (await fileJournal(path).open()).close();
    await writeFile(`${path}.lock`, JSON.stringify({ pid: process.ppid, host: hostname() }));
    await expect(fileJournal(path).open()).rejects.toThrow(/in use/);
  });

  it("keeps vectors", async () => {
    const path = join(folder, "j");
    const requests = [{ model: "m", values: ["a", "b"] }];
    const [first] = await takeAll(runBatch(echo(), requests, { journal: fileJournal(path) }));
    const [second] = await takeAll(runBatch(echo(), requests, { journal: fileJournal(path) }));
    expect((second!.result as EmbedResult).embeddings).toEqual((first!.result as EmbedResult).embeddings);
    expect(second!.resumed).toBe(true);
  });
});
