import { randomUUID } from "node:crypto";
import { LLMError } from "@llmux/core";
import { describeWith, SERVICES } from "@llmux/test-support";
import { mockBackend } from "@llmux/testkit";
import { Queue } from "bullmq";
import { afterEach, expect, it } from "vitest";
import { batchWorker, collectBatch, enqueueBatch } from "./bullmq.js";
import { takeAll } from "./testing/take-all.js";

const { hostname: host, port } = new URL(SERVICES.redis);
const connection = { host, port: Number(port), maxRetriesPerRequest: null };

await describeWith(["redis"], "a batch on many machines", () => {
  const options = { connection, queue: `batch-${randomUUID()}`, prefix: `t-${randomUUID()}` };
  afterEach(async () => {
    const queue = new Queue(options.queue, { connection, prefix: options.prefix });
    await queue.obliterate({ force: true });
    await queue.close();
  });

  it("does each request once over two workers, also after refusals, and enqueues it once", async () => {
    const requests = Array.from({ length: 60 }, (_, index) => ({
      id: `r${index}`,
      request: { messages: [{ role: "user" as const, content: `q${index}` }] },
    }));
    let refused = 0;
    const backend = mockBackend((request) => {
      const text = JSON.stringify(request.messages);
      if (text.includes('q7"') && refused++ === 0)
        return new LLMError({ kind: "rate-limit", message: "slow", retryAfter: 20 });
      return text.includes('q9"') ? new LLMError({ kind: "invalid-request", message: "no", parameter: "x" }) : text;
    });
    await enqueueBatch(requests, options);
    await enqueueBatch(requests, options);
    const workers = [batchWorker(backend, options), batchWorker(backend, options)];
    const outcomes = await takeAll(collectBatch(requests, { ...options, poll: 10 }));
    await Promise.all(workers.map((worker) => worker.close()));
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(60);
    expect(backend.requests).toHaveLength(61);
    expect(outcomes.filter(({ error }) => error)).toMatchObject([
      { id: "r9", error: { kind: "invalid-request", parameter: "x" } },
    ]);
  });

  it("asks for nothing while a provider wants it to wait", async () => {
    const requests = ["a", "b", "c"].map((content) => ({ messages: [{ role: "user" as const, content }] }));
    const times: number[] = [];
    const backend = mockBackend((_, call) => {
      times.push(Date.now());
      return call === 0 ? new LLMError({ kind: "rate-limit", message: "slow", retryAfter: 600 }) : "a";
    });
    await enqueueBatch(requests, options);
    const queue = new Queue(options.queue, { connection, prefix: options.prefix });
    const first = batchWorker(backend, { ...options, concurrency: 1 });
    while ((await queue.getRateLimitTtl()) <= 0) await new Promise((resolve) => setTimeout(resolve, 1));
    // The one that was refused knows; another learns it from Redis alone.
    await first.close();
    await queue.close();
    const worker = batchWorker(backend, { ...options, concurrency: 1 });
    await takeAll(collectBatch(requests, { ...options, poll: 10 }));
    await worker.close();
    expect(times).toHaveLength(4);
    // Redis and this process round their milliseconds each in its own way.
    expect(times[1]! - times[0]!).toBeGreaterThan(580);
  });

  it("tries anew what failed in a way that may pass, and nothing else, when it is enqueued again", async () => {
    const requests = ["good", "bad", "down"].map((content) => ({
      id: content,
      request: { messages: [{ role: "user" as const, content }] },
    }));
    let down = true;
    const asked: string[] = [];
    const backend = mockBackend((request) => {
      const text = /good|bad|down/.exec(JSON.stringify(request.messages))![0];
      asked.push(text);
      if (text === "down" && down) return new LLMError({ kind: "server", message: "down" });
      return text === "bad" ? new LLMError({ kind: "invalid-request", message: "no", parameter: "x" }) : text;
    });
    await enqueueBatch(requests, { ...options, attempts: 1 });
    const worker = batchWorker(backend, options);
    const first = await takeAll(collectBatch(requests, { ...options, poll: 10 }));
    expect(first.find(({ id }) => id === "down")!.error).toMatchObject({ kind: "server", retryable: true });
    down = false;
    await enqueueBatch(requests, { ...options, attempts: 1 });
    const second = await takeAll(collectBatch(requests, { ...options, poll: 10 }));
    await worker.close();
    expect(second.find(({ id }) => id === "down")!.result).toMatchObject({ text: "down" });
    expect(second.find(({ id }) => id === "bad")!.error).toMatchObject({ kind: "invalid-request" });
    expect(asked.toSorted()).toEqual(["bad", "down", "down", "good"]);
  });

  it("closes a worker whose key is refused, and leaves its jobs to others", async () => {
    const requests = ["a", "b", "c", "d"].map((content) => ({ messages: [{ role: "user" as const, content }] }));
    await enqueueBatch(requests, options);
    const refused = mockBackend(() => new LLMError({ kind: "authentication", message: "expired" }));
    const stopped = batchWorker(refused, { ...options, concurrency: 1 });
    const [error] = await Promise.all([
      new Promise((resolve) => stopped.once("error", resolve)),
      new Promise<void>((resolve) => stopped.once("closed", resolve)),
    ]);
    expect(error).toMatchObject({ kind: "authentication" });
    expect(refused.requests).toHaveLength(1);
    const worker = batchWorker(
      mockBackend(() => "a"),
      options,
    );
    const outcomes = await takeAll(collectBatch(requests, { ...options, poll: 10 }));
    await worker.close();
    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("enqueues and collects more than a page", async () => {
    const requests = Array.from({ length: 1100 }, (_, index) => ({
      id: `r${index}`,
      request: { messages: [{ role: "user" as const, content: `q${index}` }] },
    }));
    expect(await enqueueBatch(requests, options)).toBe(1100);
    const worker = batchWorker(
      mockBackend(() => "a"),
      { ...options, concurrency: 50 },
    );
    const outcomes = await takeAll(collectBatch(requests, { ...options, poll: 10 }));
    await worker.close();
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1100);
  });

  it("says what is not in the queue, and what is there as another", async () => {
    const request = (content: string) => ({ id: "x", request: { messages: [{ role: "user" as const, content }] } });
    await expect(takeAll(collectBatch([request("a")], options))).rejects.toThrow(/"x" is not in the queue/);
    await enqueueBatch([request("a")], options);
    await expect(enqueueBatch([request("b")], options)).rejects.toThrow(/list has changed/);
  });

  it("ends a wait that is aborted", async () => {
    const requests = [{ messages: [{ role: "user" as const, content: "a" }] }];
    await enqueueBatch(requests, options);
    const signal = AbortSignal.timeout(1);
    await expect(takeAll(collectBatch(requests, { ...options, signal }))).rejects.toMatchObject({ kind: "aborted" });
  });
});

it.each([
  ["queue", () => enqueueBatch([], { connection, queue: "a:b" })],
  ["connection", () => enqueueBatch([], { connection: undefined as never, queue: "a" })],
  ["attempts", () => enqueueBatch([], { connection, queue: "a", attempts: 0 })],
  ["concurrency", async () => batchWorker(mockBackend(), { connection, queue: "a", concurrency: 0 })],
  ["stalledAfter", async () => batchWorker(mockBackend(), { connection, queue: "a", stalledAfter: 0 })],
  ["stopOn", async () => batchWorker(mockBackend(), { connection, queue: "a", stopOn: "server" as never })],
  ["poll", () => takeAll(collectBatch([], { connection, queue: "a", poll: 0 }))],
])("refuses a %s that makes no sense", async (parameter, call) => {
  await expect(call()).rejects.toMatchObject({ kind: "invalid-request", parameter });
});
