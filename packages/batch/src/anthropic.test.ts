import { afterEach, beforeEach, expect, it } from "vitest";
import { type BatchInput, type BatchOutcome, runProviderBatch } from "./index.js";
import { BatchServer } from "./testing/batch-server.js";
import { DRIVERS, MODELS } from "./testing/drivers.js";
import { MemoryJournal } from "./testing/memory-journal.js";
import { takeAll } from "./testing/take-all.js";

let server: BatchServer;
let journal: MemoryJournal;
beforeEach(async () => {
  server = new BatchServer();
  await server.listen();
  journal = new MemoryJournal();
});
afterEach(() => server.close());

const SUBMIT = "POST /v1/messages/batches";
const run = (requests: BatchInput[]): Promise<BatchOutcome[]> =>
  takeAll(runProviderBatch(DRIVERS.anthropic(server.url), requests, { journal, poll: { initial: 1 } }));
const ask = (content: string, headers?: Record<string, string>): BatchInput => ({
  id: content,
  request: { model: MODELS.anthropic, maxTokens: 10, messages: [{ role: "user", content }], headers },
});

it("submits what needs a beta apart, with the header for it", async () => {
  await run([ask("a"), ask("b", { "anthropic-beta": "context-1m" }), ask("c")]);
  expect(server.submitted).toEqual([["a", "c"], ["b"]]);
  const submissions = server.headers.filter((_, index) => server.calls[index] === SUBMIT);
  expect(submissions.map((headers) => headers["anthropic-beta"])).toEqual([undefined, "context-1m"]);
  expect(server.batches[0]!.requests[0]!.body).not.toHaveProperty("stream");
});

it("submits again where the batch that might have been its own turns out to be another's", async () => {
  server.meddle = (call) => (call === SUBMIT ? { refuse: 400 } : undefined);
  await expect(run([ask("a")])).rejects.toMatchObject({ kind: "invalid-request" });
  server.meddle = () => undefined;
  server.add([{ customId: "another-0", body: { input: "x" } }]);
  // Not over at the first look, so that nothing can be told yet.
  server.looks = 3;
  expect(await run([ask("a")])).toMatchObject([{ id: "a", result: { text: "a" } }]);
  expect(server.submitted).toEqual([["x"], ["a"]]);
  const submittedAt = server.calls.lastIndexOf(SUBMIT);
  expect(server.calls.slice(0, submittedAt)).toContain("GET /v1/messages/batches/batch0/results");
});

it("says where answers are no longer kept, and asks again with the next run", async () => {
  server.archived = true;
  const [outcome] = await run([ask("a")]);
  expect(outcome!.error).toMatchObject({ kind: "not-found", message: expect.stringMatching(/no longer kept/) });
  server.archived = false;
  expect(await run([ask("a")])).toMatchObject([{ id: "a", result: { text: "a" } }]);
});
