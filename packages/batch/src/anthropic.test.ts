import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { anthropic } from "@llmux/anthropic";
import { afterEach, beforeEach, expect, it } from "vitest";
import { anthropicBatch } from "./anthropic.js";
import type { BatchJournal, JournalEntry } from "./batch-journal.js";
import { type BatchOutcome, runProviderBatch } from "./index.js";
import { anthropicSDK } from "./testing/sdks.js";
import { takeAll } from "./testing/take-all.js";

interface Asked {
  custom_id: string;
  params: { messages: { content: unknown }[] };
}

let server: Server;
let url: string;
let submitted: Asked[][];
let looks: number;

beforeEach(async () => {
  submitted = [];
  looks = 0;
  server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    response.setHeader("content-type", "application/json");
    const state = (processing_status: string) =>
      JSON.stringify({
        id: `b${submitted.length}`,
        type: "message_batch",
        processing_status,
        results_url: `${url}/v1/messages/batches/b1/results`,
      });
    if (request.method === "POST") {
      submitted.push((JSON.parse(text) as { requests: Asked[] }).requests);
      response.end(state("in_progress"));
    } else if (request.url!.includes("/results")) {
      response.setHeader("content-type", "application/x-jsonl");
      for (const { custom_id, params } of submitted[0]!.toReversed()) {
        const said = JSON.stringify(params.messages);
        const message = {
          id: "m",
          type: "message",
          role: "assistant",
          model: "claude-sonnet-5",
          stop_reason: "end_turn",
          content: [{ type: "text", text: said }],
          usage: { input_tokens: 3, output_tokens: 2 },
        };
        const error = { type: "error", error: { type: "invalid_request_error", message: "bad thing" } };
        const result = said.includes("bad")
          ? { type: "errored", error }
          : said.includes("late")
            ? { type: "expired" }
            : { type: "succeeded", message };
        response.write(`${JSON.stringify({ custom_id, result })}\n`);
      }
      response.end();
    } else {
      looks += 1;
      response.end(state(looks < 3 ? "in_progress" : "ended"));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void server.close());

function memoryJournal(): BatchJournal {
  const entries = new Map<string, JournalEntry>();
  const notes: unknown[] = [];
  const done = Promise.resolve();
  return {
    open: async () => ({
      find: async (id) => entries.get(id),
      record: async (entry) => void entries.set(entry.id, entry),
      notes: () => notes,
      note: async (value) => void notes.push(value),
      close: () => done,
    }),
  };
}

const requests = ["good", "bad", "late"].map((content) => ({
  id: content,
  request: { model: "anthropic/claude-sonnet-5", maxTokens: 10, messages: [{ role: "user" as const, content }] },
}));

it("maps answers, errors and what expired, through the adapter; an interrupted wait is taken up again", async () => {
  const Anthropic = await anthropicSDK();
  const driver = anthropicBatch({
    client: new Anthropic({ apiKey: "k", baseURL: url, maxRetries: 0 }),
    adapter: (fetch) => anthropic({ fetch, apiKey: "unused" }),
  });
  const journal = memoryJournal();
  const controller = new AbortController();
  const first = takeAll(
    runProviderBatch(driver, requests, { journal, signal: controller.signal, poll: { initial: 60_000 } }),
  );
  while (looks === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort();
  await expect(first).rejects.toMatchObject({ kind: "aborted" });

  const price = () => ({ total: 3, input: 1, output: 2, source: "list" as const });
  const run = (): Promise<BatchOutcome[]> =>
    takeAll(runProviderBatch(driver, requests, { journal, price, poll: { initial: 1 } }));
  const outcomes = new Map((await run()).map((each) => [each.id, each]));
  expect(submitted).toHaveLength(1);
  expect(outcomes.get("good")?.result).toMatchObject({
    text: expect.stringContaining("good"),
    provider: "anthropic",
    cost: { total: 1.5, input: 0.5, output: 1 },
  });
  expect(outcomes.get("bad")?.error).toMatchObject({
    kind: "invalid-request",
    message: expect.stringContaining("bad thing"),
  });
  expect(outcomes.get("late")?.error).toMatchObject({ kind: "timeout", retryable: true });

  await run();
  expect(submitted[1]).toHaveLength(1);
});
