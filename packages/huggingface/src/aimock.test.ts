import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLMBackend, type Message } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { huggingface } from "./index.js";

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
  mock.onMessage("spent", {
    error: { message: "You have exceeded your monthly included credits for Inference Providers.", type: "x" },
    status: 402,
  });
  await mock.start();
  backend = createLLM({ adapters: [huggingface({ baseURL: mock.url, apiKey: "hf_test1234567890" })] });
});
afterAll(() => mock.stop());
afterEach(() => {
  mock.clearChaos();
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const say = (content: string): Message[] => [{ role: "user", content }];
const model = "hf/Qwen/Qwen3-32B";

describe("against an offline provider", () => {
  it("answers, and streams the same", async () => {
    const request = { model, messages: say("hello") };
    const result = await backend.generate(request);
    expect(result).toMatchObject({ text: "Hello to you, and a good morning as well.", provider: "huggingface" });
    expect(result.finishReason).toEqual({ unified: "stop", raw: "stop" });
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
    expect(asked.finishReason).toEqual({ unified: "tool-calls", raw: "tool_calls" });
    expect((await backend.generate({ model, messages, tools })).toolCalls.map(({ input }) => input)).toEqual([
      { city: "Oslo" },
      { city: "Rome" },
    ]);
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

  it("tells spent credits", async () => {
    const call = backend.generate({ model, messages: say("spent") });
    await expect(call).rejects.toMatchObject({ kind: "quota-exceeded", status: 402, retryable: false });
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
