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
});
