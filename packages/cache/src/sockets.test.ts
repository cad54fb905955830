import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type GenerateRequest, type LLM } from "@llmux/core";
import { openai } from "@llmux/openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CacheStore } from "./cache-store.js";
import { textStore } from "./testing/text-store.js";
import { withCache } from "./with-cache.js";

const request: GenerateRequest = { messages: [{ role: "user", content: "Why is the sky blue?" }] };
const apiKey = "sk-test-0123456789abcdef";

describe("over sockets, with the adapter for OpenAI", () => {
  const mock = new LLMock({ port: 0 });
  beforeEach(async () => {
    await mock.start();
    mock.onMessage(/tool/, { toolCalls: [{ id: "call_1", name: "now", arguments: '{"zone":"UTC"}' }] });
    mock.onMessage(/.*/, { content: "Because of Rayleigh scattering." });
  });
  afterEach(async () => {
    await mock.stop();
    mock.reset();
  });
  const at = (key = apiKey): LLM =>
    createLLM({ adapters: [openai({ apiKey: key, baseURL: `${mock.url}/v1` })], model: "openai/gpt-4o" });

  it("makes one request for all that ask the same, and none for those who ask again", async () => {
    for (const store of [undefined, textStore()] as (CacheStore | undefined)[]) {
      mock.clearRequests();
      const llm = withCache(at(), { store });
      const [one, two] = await Promise.all([llm.generate(request), collect(llm.stream(request))]);
      expect(one.text).toBe("Because of Rayleigh scattering.");
      expect(two).toMatchObject({ text: one.text, usage: one.usage, cachedAt: expect.any(Date) });
      const { response, ...rest } = await llm.generate(request);
      const { headers, ...info } = one.response;
      expect(headers).toBeDefined();
      expect(response).toEqual(info);
      const { response: _, ...first } = one;
      expect(rest).toEqual({ ...first, cachedAt: expect.any(Date) });
      expect(mock.getRequests()).toHaveLength(1);
    }
  });

  it("keeps what a stream said, tools included, and no key", async () => {
    const store = textStore();
    const asked: GenerateRequest = { messages: [{ role: "user", content: "Use the tool" }], tools: [{ name: "now" }] };
    const llm = withCache(at(), { store });
    const streamed = await collect(llm.stream(asked));
    expect(streamed.toolCalls).toMatchObject([{ id: "call_1", name: "now", input: { zone: "UTC" } }]);
    expect((await llm.generate(asked)).toolCalls).toEqual(streamed.toolCalls);
    expect(mock.getRequests()).toHaveLength(1);
    expect(JSON.stringify([...store.texts])).not.toContain(apiKey);
  });

  it("closes the socket when the last who reads has left", async () => {
    const llm = withCache(at());
    const controller = new AbortController();
    const stream = llm.stream({ ...request, signal: controller.signal });
    const failed = (async () => {
      for await (const event of stream) if (event.type === "text-delta") controller.abort();
    })();
    await expect(failed).rejects.toMatchObject({ kind: "aborted" });
    // What was cut was not kept.
    expect((await llm.generate(request)).cachedAt).toBeUndefined();
    expect(mock.getRequests()).toHaveLength(2);
  });
});
