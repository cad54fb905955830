// One process of a batch, for tests that kill it. It runs what is built, as a program would.
import { createLLM } from "@llmux/core";
import { openai } from "@llmux/openai";
import { runBatch } from "../../dist/index.js";
import { fileJournal } from "../../dist/journal.js";

const [mode, url, ...rest] = process.argv.slice(2);
const llm = createLLM({ adapters: [openai({ baseURL: url, apiKey: "k", api: "chat" })], env: {} });

if (mode === "journal") {
  const [path, count] = rest;
  const requests = Array.from({ length: Number(count) }, (_, index) => ({
    id: `r${index}`,
    request: { model: "openai/gpt-4o", messages: [{ role: "user", content: `q${index}` }] },
  }));
  const options = { journal: fileJournal(path), concurrency: { initial: 8, max: 8 } };
  for await (const { id } of runBatch(llm, requests, options)) process.stdout.write(`${id}\n`);
} else {
  const { batchWorker } = await import("../../dist/bullmq.js");
  batchWorker(llm, { ...JSON.parse(rest[0]), concurrency: 4, stalledAfter: 1000 });
}
