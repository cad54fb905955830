// One process of a batch, for tests that kill it. It runs what is built, as a program would.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { anthropic } from "@llmux/anthropic";
import { createLLM } from "@llmux/core";
import { openai } from "@llmux/openai";
import { anthropicBatch } from "../../dist/anthropic.js";
import { runBatch, runProviderBatch } from "../../dist/index.js";
import { fileJournal } from "../../dist/journal.js";
import { openaiBatch } from "../../dist/openai.js";

const [mode, url, ...rest] = process.argv.slice(2);
const llm = createLLM({ adapters: [openai({ baseURL: url, apiKey: "k", api: "chat" })], env: {} });

/** The client of an SDK that is a dependency of an adapter, and not of this package. */
async function clientOf(adapter, sdk, baseURL) {
  const from = createRequire(createRequire(import.meta.url).resolve(`${adapter}/package.json`));
  const { default: Client } = await import(pathToFileURL(from.resolve(sdk)).href);
  return new Client({ apiKey: "k", baseURL });
}

const drivers = {
  openai: async () =>
    openaiBatch({
      client: await clientOf("@llmux/openai", "openai", `${url}/v1`),
      adapter: (fetch) => openai({ fetch, apiKey: "unused" }),
    }),
  anthropic: async () =>
    anthropicBatch({
      client: await clientOf("@llmux/anthropic", "@anthropic-ai/sdk", url),
      adapter: (fetch) => anthropic({ fetch, apiKey: "unused" }),
    }),
};

if (mode === "journal") {
  const [path, count] = rest;
  const requests = Array.from({ length: Number(count) }, (_, index) => ({
    id: `r${index}`,
    request: { model: "openai/gpt-4o", messages: [{ role: "user", content: `q${index}` }] },
  }));
  const options = { journal: fileJournal(path), concurrency: { initial: 8, max: 8 } };
  for await (const { id } of runBatch(llm, requests, options)) process.stdout.write(`${id}\n`);
} else if (mode === "provider") {
  const [provider, path, requests] = rest;
  const driver = await drivers[provider]();
  const options = { journal: fileJournal(path), poll: { initial: 5 } };
  for await (const { id, result, error } of runProviderBatch(driver, JSON.parse(requests), options))
    process.stdout.write(`${id}: ${error?.message ?? result.text}\n`);
} else {
  const { batchWorker } = await import("../../dist/bullmq.js");
  batchWorker(llm, { ...JSON.parse(rest[0]), concurrency: 4, stalledAfter: 1000 });
}
