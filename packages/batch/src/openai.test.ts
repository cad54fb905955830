import { LLMock } from "@copilotkit/aimock";
import { openai } from "@llmux/openai";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runProviderBatch } from "./index.js";
import { openaiBatch } from "./openai.js";
import { openaiSDK } from "./testing/sdks.js";
import { takeAll } from "./testing/take-all.js";

const mock = new LLMock();
beforeAll(async () => {
  await mock.start();
  mock.onMessage(/./, { content: "an answer" });
});
afterAll(() => mock.stop());

it("submits a file, waits, and reads the answers through the adapter", async () => {
  const OpenAI = await openaiSDK();
  const client = new OpenAI({ apiKey: "k", baseURL: `${mock.url}/v1`, maxRetries: 0 });
  const driver = openaiBatch({ client, adapter: (fetch) => openai({ fetch, apiKey: "unused", api: "chat" }) });
  const requests = ["a", "b"].map((content) => ({
    id: content,
    request: { model: "openai/gpt-4o", messages: [{ role: "user" as const, content }] },
  }));
  const outcomes = await takeAll(runProviderBatch(driver, requests, { poll: { initial: 1 } }));
  expect(outcomes.map(({ id }) => id).sort()).toEqual(["a", "b"]);
  for (const { error, result } of outcomes) {
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ provider: "openai", finishReason: { unified: "stop" } });
  }
});
