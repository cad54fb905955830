import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLM, type Message, type StreamEvent } from "@llmux/core";
import { outcomeOf } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deepseek, openrouter, perplexity, together, vllm } from "./index.js";

const apiKey = "test-key-0123456789abcdef";
const messages: Message[] = [{ role: "user", content: "Hi" }];

describe("against a provider of somebody else's making", () => {
  const mock = new LLMock({ port: 0 });
  let llm: LLM;
  beforeAll(async () => {
    await mock.start();
    const baseURL = `${mock.url}/v1`;
    const hosts = [openrouter, together, deepseek, perplexity].map((host) => host({ apiKey, baseURL }));
    llm = createLLM({ adapters: [...hosts, vllm({ baseURL: mock.url })] });
  });
  afterAll(() => mock.stop());
  afterEach(() => {
    mock.clearChaos();
    mock.reset();
  });

  it.each([
    "openrouter/anthropic/claude-sonnet-4.5",
    "together_ai/a/b",
    "together/a/b",
    "hosted_vllm/qwen",
    "vllm/qwen",
  ])("%s answers, and streams the very same", async (model) => {
    mock.onMessage("Hi", { content: "Hello, you there. 🙂" });
    const whole = await llm.generate({ model, messages });
    const streamed = await collect(llm.stream({ model, messages }));
    expect(whole.text).toBe("Hello, you there. 🙂");
    for (const key of ["content", "usage", "finishReason", "provider"] as const) {
      const [one, other] = [whole[key], streamed[key]];
      expect(typeof other === "object" ? { ...other, raw: 0 } : other).toEqual(
        typeof one === "object" ? { ...one, raw: 0 } : one,
      );
    }
    const { model: sent } = mock.getLastRequest()!.body as { model: string };
    expect(sent).toBe(model.slice(model.indexOf("/") + 1));
  });

  it("tags are told apart from the answer as they stream", async () => {
    mock.onMessage("Hi", { content: "<think>\nA greeting. I greet back.\n</think>\n\nHello!" });
    const kinds: string[] = [];
    for await (const event of llm.stream({ model: "perplexity/sonar-reasoning-pro", messages })) kinds.push(event.type);
    expect(kinds.filter((kind) => kind !== "reasoning-delta" && kind !== "text-delta")).toEqual([
      "start",
      "reasoning-start",
      "reasoning-end",
      "text-start",
      "text-end",
      "finish",
    ]);
    const { text, reasoning } = await llm.generate({ model: "perplexity/sonar-reasoning-pro", messages });
    expect([reasoning, text]).toEqual(["A greeting. I greet back.", "Hello!"]);
  });

  it("embeds and lists models", async () => {
    const { embeddings } = await llm.embed({ model: "together_ai/m", values: ["a", "b"] });
    expect(embeddings).toHaveLength(2);
    expect((await llm.listModels({ provider: "openrouter" }))[0]?.id).toMatch(/^openrouter\//);
  });

  it.each([
    ["a rate limit", { rateLimitRate: 1 }, { kind: "rate-limit", status: 429, retryAfter: expect.any(Number) }],
    ["a server error", { dropRate: 1 }, { kind: "server", status: 500, retryable: true }],
    ["a broken connection", { disconnectRate: 1 }, { kind: "connection", retryable: true }],
    ["malformed JSON", { malformedRate: 1 }, { kind: "malformed-response" }],
  ] as const)("tells %s", async (_, chaos, expected) => {
    mock.onMessage("Hi", { content: "Hello" });
    mock.setChaos(chaos);
    for (const host of ["deepseek", "perplexity"]) {
      const model = `${host}/m`;
      const failed = await outcomeOf(llm.generate({ model, messages }));
      expect(failed).toMatchObject({ kind: "error", error: { ...expected, provider: host } });
      if (failed.kind === "error") expect(JSON.stringify(failed.error)).not.toContain(apiKey);
    }
  });

  it("a stream that is left is closed, with the tags being read or without", async () => {
    mock.onMessage("Hi", { content: "<think>one two three</think> four five six" }, { latency: 1, chunkSize: 3 });
    for (const model of ["perplexity/m", "deepseek/m"]) {
      const seen: StreamEvent["type"][] = [];
      for await (const event of llm.stream({ model, messages })) {
        seen.push(event.type);
        if (event.type.endsWith("-delta")) break;
      }
      expect(seen.at(-1)).toBe(model.startsWith("p") ? "reasoning-delta" : "text-delta");
    }
  });
});
