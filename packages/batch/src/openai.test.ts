import { LLMock } from "@copilotkit/aimock";
import { azure } from "@llmux/azure";
import type { EmbedResult, PriceCall } from "@llmux/core";
import { openai } from "@llmux/openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BatchDriver } from "./batch-driver.js";
import { type BatchInput, type BatchOutcome, runProviderBatch } from "./index.js";
import { openaiBatch } from "./openai.js";
import { BatchServer } from "./testing/batch-server.js";
import { MemoryJournal } from "./testing/memory-journal.js";
import { openaiSDK } from "./testing/sdks.js";
import { takeAll } from "./testing/take-all.js";

const OpenAI = await openaiSDK();

let server: BatchServer;
let journal: MemoryJournal;
beforeEach(async () => {
  server = new BatchServer();
  await server.listen();
  journal = new MemoryJournal();
});
afterEach(() => server.close());

const client = (url = `${server.url}/v1`) => new OpenAI({ apiKey: "k", baseURL: url, maxRetries: 0 });
const driverFor = (api?: "chat"): BatchDriver =>
  openaiBatch({ client: client(), adapter: (fetch) => openai({ fetch, apiKey: "unused", api }) });
const run = (requests: BatchInput[], driver = driverFor()): Promise<BatchOutcome[]> =>
  takeAll(runProviderBatch(driver, requests, { journal, poll: { initial: 1 } }));
const ask = (content: string, model = "openai/gpt-4o"): BatchInput => ({
  id: content,
  request: { model, messages: [{ role: "user", content }] },
});

it("submits a file, waits, and reads the answers through the adapter", async () => {
  const mock = new LLMock();
  await mock.start();
  try {
    mock.onMessage(/./, { content: "an answer" });
    const driver = openaiBatch({
      client: client(`${mock.url}/v1`),
      adapter: (fetch) => openai({ fetch, apiKey: "unused", api: "chat" }),
    });
    const outcomes = await run([ask("a"), ask("b")], driver);
    expect(outcomes.map(({ id }) => id).sort()).toEqual(["a", "b"]);
    for (const { error, result } of outcomes) {
      expect(error).toBeUndefined();
      expect(result).toMatchObject({ provider: "openai", finishReason: { unified: "stop" } });
    }
  } finally {
    await mock.stop();
  }
});

describe("a batch that fails as a whole", () => {
  beforeEach(() => {
    server.ending = ({ id }) => (id === "batch0" ? "failed" : "completed");
  });

  it("is the failure of its requests and of no others, and the next run submits them again", async () => {
    const requests = [ask("a"), ask("b"), ask("other", "openai/gpt-4o-mini")];
    const first = await run(requests);
    for (const { id, error, result } of first)
      if (id === "other") expect(result).toMatchObject({ text: "other" });
      else
        expect(error).toMatchObject({
          kind: "invalid-request",
          code: "invalid_json_line",
          message: expect.stringMatching(/line 2/),
        });
    const second = await run(requests);
    expect(second.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(server.submitted).toEqual([["a", "b"], ["other"], ["a", "b"]]);
  });

  it("may pass where the account has no room for it yet", async () => {
    server.failure = { code: "token_limit_exceeded", message: "Enqueued token limit reached" };
    const [outcome] = await run([ask("a")]);
    expect(outcome!.error).toMatchObject({
      kind: "rate-limit",
      retryable: true,
      message: expect.stringMatching(/Enqueued token limit/),
    });
  });
});

describe("files", () => {
  it("are deleted where a process died before it made a batch of one", async () => {
    server.meddle = (call) => (call === "POST /v1/batches" ? { refuse: 500 } : undefined);
    const died = new AbortController();
    const first = takeAll(runProviderBatch(driverFor(), [ask("a")], { journal, signal: died.signal }));
    while (!server.calls.includes("POST /v1/batches")) await new Promise((resolve) => setTimeout(resolve, 1));
    died.abort();
    await expect(first).rejects.toMatchObject({ kind: "aborted" });
    expect([...server.files.values()].map(({ purpose }) => purpose)).toEqual(["batch"]);

    server.meddle = () => undefined;
    server.looks = 2;
    await run([ask("a")]);
    expect([...server.files.values()].map(({ purpose }) => purpose)).toEqual(["batch", "batch_output", "batch_output"]);
  });

  it("are deleted where the batch was refused", async () => {
    server.meddle = (call) => (call === "POST /v1/batches" ? { refuse: 400 } : undefined);
    await expect(run([ask("a")])).rejects.toMatchObject({ kind: "invalid-request" });
    expect(server.files.size).toBe(0);
  });

  it("of answers that are gone leave requests to be submitted again, which the caller is told before", async () => {
    server.meddle = (call) => (/batch0-.*content/.test(call) ? { refuse: 404 } : undefined);
    expect((await run([ask("a")]))[0]!.error).toMatchObject({
      kind: "server",
      message: expect.stringMatching(/no answer/),
    });
    expect((await run([ask("a")]))[0]!.result).toMatchObject({ text: "a" });
  });
});

describe("endpoints", () => {
  it("follow from the adapter, and models are apart", async () => {
    const outcomes = await run([ask("a"), ask("b", "openai/gpt-4o-mini"), ask("c")], driverFor("chat"));
    expect(outcomes.map(({ result }) => result?.model).toSorted()).toEqual(["gpt-4o", "gpt-4o", "gpt-4o-mini"]);
    expect(server.submitted).toEqual([["a", "c"], ["b"]]);
  });

  it("take embeddings, of which each value counts", async () => {
    const embed = (id: string, ...values: string[]) => ({
      id,
      request: { model: "openai/text-embedding-3-small", values },
    });
    const driver = { ...driverFor(), limits: { requests: 3, bytes: 1_000_000 } };
    const outcomes = await run([embed("x", "a", "bcd"), embed("y", "ef", "g"), embed("z", "h")], driver);
    expect(server.submitted).toEqual([["a,bcd"], ["ef,g", "h"]]);
    const x = outcomes.find(({ id }) => id === "x")!.result as EmbedResult;
    expect(x.embeddings).toEqual([new Float32Array([1, 0]), new Float32Array([3, 1])]);
    expect(x.usage.inputTokens.total).toBe(4);
    const resumed = await run([embed("x", "a", "bcd")], driver);
    expect(resumed[0]).toMatchObject({ resumed: true, result: { embeddings: x.embeddings } });
  });

  it("hold no embedding of more values than a whole batch may have", async () => {
    const values = Array.from({ length: 2049 }, (_, index) => `${index}`);
    const [outcome] = await run([{ model: "openai/text-embedding-3-small", values }]);
    expect(outcome!.error).toMatchObject({ kind: "invalid-request", parameter: "values" });
    expect(server.calls).toEqual([]);
  });
});

describe("Azure OpenAI", () => {
  const azureDriver = (baseURL: string): BatchDriver =>
    openaiBatch({
      client: client(`${server.url}/openai/v1`),
      adapter: (fetch) => azure({ fetch, baseURL, apiKey: "unused" }),
    });

  it("is the same under /openai/v1, with the deployment as the model", async () => {
    const driver = azureDriver("https://name.openai.azure.com/openai/v1");
    const outcomes = await run([ask("a", "azure/my-batch-deployment")], driver);
    expect(outcomes).toMatchObject([
      { id: "a", result: { text: "a", provider: "azure", model: "my-batch-deployment" } },
    ]);
    expect(server.batches[0]!.requests[0]!.body).toMatchObject({ model: "my-batch-deployment" });
  });

  it("is priced by the model that answered, of which the deployment's name says nothing", async () => {
    const asked: unknown[] = [];
    const price: PriceCall = (call) => {
      asked.push(call);
      return undefined;
    };
    const driver = azureDriver("https://name.openai.azure.com/openai/v1");
    const [outcome] = await takeAll(
      runProviderBatch(driver, [ask("a", "azure/mine")], { price, poll: { initial: 1 } }),
    );
    expect(asked).toMatchObject([{ provider: "azure", model: "mine", answeredBy: "mine-as-deployed" }]);
    expect(outcome!.result!.cost).toBeUndefined();
  });

  it("has no batches under the dated API, which is said before anything is sent, and can be mended", async () => {
    const [outcome] = await run([ask("a", "azure/x")], azureDriver("https://name.openai.azure.com"));
    expect(outcome!.error).toMatchObject({ kind: "unsupported", message: expect.stringMatching(/\/openai\/v1/) });
    expect(server.calls).toEqual([]);
    const [mended] = await run([ask("a", "azure/x")], azureDriver("https://name.openai.azure.com/openai/v1"));
    expect(mended!.result).toMatchObject({ text: "a" });
  });
});
