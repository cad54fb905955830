import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLMBackend, type Message } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { cohere } from "./index.js";

const printed = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
const mock = new LLMock({ chunkSize: 5 });
let backend: LLMBackend;

beforeAll(async () => {
  mock.on({ userMessage: "weather", hasToolResult: false } as never, {
    toolCalls: [
      { name: "weather", arguments: '{"city":"Oslo"}' },
      { name: "weather", arguments: '{"city":"Rome"}' },
    ],
  });
  mock.on({ userMessage: "weather", hasToolResult: true } as never, { content: "Cold in Oslo, warm in Rome. ☀️" });
  mock.onMessage("hello", { content: "Hello to you, and a good morning as well." });
  mock.onMessage("cut", { content: "This will never be heard to its very end." }, { truncateAfterChunks: 3 });
  mock.onEmbedding("sky", { embedding: [0.25, -0.5, 1] });
  mock.onRerank("capital", [
    { index: 2, relevance_score: 0.9 },
    { index: 0, relevance_score: 0.1 },
  ]);
  mock.onMessage("busy", {
    error: { message: "You are using a Trial key, which is limited to 1000 API calls / month.", type: "x" },
    status: 429,
  });
  await mock.start();
  backend = createLLM({ adapters: [cohere({ baseURL: `${mock.url}/v2/chat`, apiKey: "test-key-123456" })] });
});
afterAll(() => mock.stop());
afterEach(() => {
  mock.clearChaos();
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const say = (content: string): Message[] => [{ role: "user", content }];
const model = "cohere/command-a-03-2025";

describe("against an offline provider", () => {
  it("answers, and streams the same", async () => {
    const request = { model: "command-a-03-2025", messages: say("hello") };
    const result = await backend.generate(request);
    expect(result).toMatchObject({ text: "Hello to you, and a good morning as well.", provider: "cohere" });
    expect(result.finishReason).toEqual({ unified: "stop", raw: "COMPLETE" });
    const { content, text, toolCalls, usage, finishReason } = result;
    const streamed = await collect(backend.stream(request));
    expect(streamed).toMatchObject({ content, text, toolCalls, usage, finishReason });
  });

  it("holds a conversation with tools, streamed", async () => {
    const messages = say("How is the weather?");
    const tools = [{ name: "weather", inputSchema: { type: "object", properties: { city: { type: "string" } } } }];
    const asked = await collect(backend.stream({ model, messages, tools }));
    expect(asked.toolCalls.map(({ name, input }) => [name, input])).toEqual([
      ["weather", { city: "Oslo" }],
      ["weather", { city: "Rome" }],
    ]);
    expect(asked.finishReason).toEqual({ unified: "tool-calls", raw: "TOOL_CALL" });
    expect(asked.reasoning).toBe("I will use the requested tool.");
    messages.push(asked.message, {
      role: "tool",
      content: asked.toolCalls.map(({ id }, index) => ({
        type: "tool-result",
        toolCallId: id,
        output: index === 0 ? "-4" : { celsius: 25 },
      })),
    });
    const answer = await collect(backend.stream({ model, messages, tools }));
    expect(answer.text).toBe("Cold in Oslo, warm in Rome. ☀️");
    expect((await backend.generate({ model, messages, tools })).content).toEqual(answer.content);
  });

  it("embeds and ranks", async () => {
    const { embeddings } = await backend.embed!({ model: "cohere/embed-v4.0", values: ["the sky", "the sky"] });
    expect(embeddings).toEqual([Float32Array.of(0.25, -0.5, 1), Float32Array.of(0.25, -0.5, 1)]);
    const { ranking } = await backend.rerank!({
      model: "rerank-v3.5",
      query: "the capital",
      documents: ["a", "b", "c"],
    });
    expect(ranking).toEqual([
      { index: 2, score: 0.9 },
      { index: 0, score: 0.1 },
    ]);
  });

  it("tells a spent trial from a rate limit", async () => {
    const call = backend.generate({ model, messages: say("busy") });
    await expect(call).rejects.toMatchObject({ kind: "quota-exceeded", status: 429, retryable: false });
  });
});

describe("with chaos", () => {
  const run = {
    generate: () => backend.generate({ model, messages: say("hello") }),
    stream: () => collect(backend.stream({ model, messages: say("hello") })),
  };

  describe.each(["generate", "stream"] as const)("%s", (how) => {
    it("is limited", async () => {
      mock.setChaos({ rateLimitRate: 1 });
      const error = await run[how]().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind: "rate-limit", status: 429, retryable: true });
      expect((error as { retryAfter?: number }).retryAfter).toBeGreaterThan(0);
    });

    it("meets a server error, once", async () => {
      mock.setChaos({ dropRate: 1 });
      const before = mock.getRequests().length;
      await expect(run[how]()).rejects.toMatchObject({ kind: "server", status: 500, retryable: true });
      expect(mock.getRequests().length - before).toBe(1);
    });

    it("gets no JSON", async () => {
      mock.setChaos({ malformedRate: 1 });
      await expect(run[how]()).rejects.toMatchObject({
        kind: expect.stringMatching(/^(malformed-response|connection)$/),
      });
    });

    it("is cut off", async () => {
      mock.setChaos({ disconnectRate: 1 });
      await expect(run[how]()).rejects.toMatchObject({ kind: "connection", retryable: true });
    });
  });

  it("a stream that breaks in the middle is no reply", async () => {
    const error = await collect(backend.stream({ model, messages: say("cut") })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "connection", retryable: true, partial: {} });
  });
});
