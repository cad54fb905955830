import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith, SERVICES } from "@llmux/test-support";
import { Queue } from "bullmq";
import { expect, it } from "vitest";
import { collectBatch, enqueueBatch } from "./bullmq.js";
import { fileJournal } from "./journal.js";
import { startProcess } from "./testing/batch-process.js";
import { CountingServer } from "./testing/counting-server.js";

const COUNT = 200;
const AT_ONCE = 8;

it("killed again and again, it does each request, and pays twice for no more than was under way", async () => {
  const folder = await mkdtemp(join(tmpdir(), "batch-kill-"));
  const path = join(folder, "journal");
  const server = new CountingServer(() => 5 + Math.random() * 20);
  const url = await server.listen();
  let kills = 0;
  try {
    for (;;) {
      const child = startProcess("journal", url, path, `${COUNT}`);
      const from = server.total;
      const after = 5 + Math.floor(Math.random() * 30);
      const timer = setInterval(() => {
        if (kills < 6 && server.total >= from + after) child.kill("SIGKILL");
      }, 1);
      child.stdout!.resume();
      const [code] = (await once(child, "exit")) as [number | null];
      clearInterval(timer);
      if (code !== null) {
        expect(code).toBe(0);
        break;
      }
      kills += 1;
    }
    expect(kills).toBeGreaterThan(3);
    expect(server.asked.size).toBe(COUNT);
    expect(server.total).toBeLessThanOrEqual(COUNT + kills * AT_ONCE);
    const journal = await fileJournal(path).open();
    for (let index = 0; index < COUNT; index++) {
      expect(await journal.find(`r${index}`)).toMatchObject({ result: { text: `q${index}` } });
    }
    await journal.close();
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}, 120_000);

await describeWith(["redis"], "a worker that is killed", () => {
  it("leaves its jobs to another process", async () => {
    const { hostname: host, port } = new URL(SERVICES.redis);
    const connection = { host, port: Number(port), maxRetriesPerRequest: null };
    const where = { connection, queue: `batch-${randomUUID()}`, prefix: `t-${randomUUID()}` };
    const server = new CountingServer(() => 20);
    const url = await server.listen();
    const requests = Array.from({ length: 100 }, (_, index) => ({
      id: `r${index}`,
      request: { model: "openai/gpt-4o", messages: [{ role: "user" as const, content: `q${index}` }] },
    }));
    await enqueueBatch(requests, where);
    const workers = [
      startProcess("worker", url, JSON.stringify(where)),
      startProcess("worker", url, JSON.stringify(where)),
    ];
    try {
      const seen = new Set<string>();
      for await (const { id, error } of collectBatch(requests, { ...where, poll: 20 })) {
        expect(error).toBeUndefined();
        seen.add(id);
        if (seen.size === 20) workers[0]!.kill("SIGKILL");
      }
      expect(seen.size).toBe(100);
      expect(workers[0]!.signalCode ?? workers[0]!.killed).toBeTruthy();
      expect(server.total).toBeLessThanOrEqual(100 + 4);
    } finally {
      for (const worker of workers) worker.kill("SIGKILL");
      const queue = new Queue(where.queue, { connection, prefix: where.prefix });
      await queue.obliterate({ force: true });
      await queue.close();
      server.close();
    }
  }, 60_000);
});
