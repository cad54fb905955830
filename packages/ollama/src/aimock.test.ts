import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLMBackend, type Message } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ollama } from "./index.js";

const printed = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
const mock = new LLMock({ chunkSize: 5 });
let backend: LLMBackend;

beforeAll(async () => {
  mock.on({ userMessage: "weather", hasToolResult: false } as never, {
    content: "Let me look.",
    toolCalls: [
      { name: "weather", arguments: '{"city":"Oslo"}' },
      { name: "weather", arguments: '{"city":"Rome"}' },
    ],
  });
  mock.on({ userMessage: "weather", hasToolResult: true } as never, { content: "Cold in Oslo, warm in Rome. ☀️" });
  mock.onMessage("hello", { content: "Hello to you, and a good morning as well." });
  mock.onMessage("cut", { content: "This will never be heard to its very end." }, { truncateAfterChunks: 3 });
  mock.onEmbedding("sky", { embedding: [0.25, -0.5, 1] });
  mock.onMessage("ghost", {
    error: { message: 'model "ghost" not found, try pulling it first', type: "not_found" },
    status: 404,
  });
  await mock.start();
  backend = createLLM({ adapters: [ollama({ baseURL: mock.url })] });
});
afterAll(() => mock.stop());
afterEach(() => {
  mock.clearChaos();
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const say = (content: string): Message[] => [{ role: "user", content }];
const model = "ollama/qwen3";

describe("against an offline provider", () => {
  it("answers, and streams the same", async () => {
    const request = { model, messages: say("hello") };
    const result = await backend.generate(request);
    expect(result).toMatchObject({
      text: "Hello to you, and a good morning as well.",
      provider: "ollama",
      model: "qwen3",
    });
    expect(result.finishReason).toEqual({ unified: "stop", raw: "stop" });
    const streamed = await collect(backend.stream(request));
    const { content, text, toolCalls, usage, finishReason } = result;
    expect(streamed).toMatchObject({ content, text, toolCalls, usage, finishReason });
  });

  it("holds a conversation with tools, streamed", async () => {
    const messages = say("How is the weather?");
    const tools = [{ name: "weather", inputSchema: { type: "object", properties: { city: { type: "string" } } } }];
    const types: string[] = [];
    const asked = await collect(
      (async function* () {
        for await (const event of backend.stream({ model, messages, tools })) {
          types.push(event.type);
          yield event;
        }
      })(),
    );
    expect(types.filter((type) => type !== "text-delta")).toEqual([
      "start",
      "text-start",
      "text-end",
      ...Array.from({ length: 2 }, () => [
        "tool-input-start",
        "tool-input-delta",
        "tool-input-end",
        "tool-call",
      ]).flat(),
      "finish",
    ]);
    expect(asked.toolCalls).toEqual([
      { type: "tool-call", id: "call_0", name: "weather", input: { city: "Oslo" } },
      { type: "tool-call", id: "call_1", name: "weather", input: { city: "Rome" } },
    ]);
    expect(asked.finishReason).toEqual({ unified: "tool-calls", raw: "stop" });
    expect((await backend.generate({ model, messages, tools })).content).toEqual(asked.content);
    messages.push(asked.message, {
      role: "tool",
      content: asked.toolCalls.map(({ id }, index) => ({
        type: "tool-result",
        toolCallId: id,
        output: index === 0 ? "-4" : "25",
      })),
    });
    const answer = await collect(backend.stream({ model, messages, tools }));
    expect(answer.text).toBe("Cold in Oslo, warm in Rome. ☀️");
    const again = await backend.generate({
      model,
      messages: [...messages.slice(0, 2), ...say("weather again")],
      tools,
    });
    expect(again.toolCalls.map(({ id }) => id)).toEqual(["call_2", "call_3"]);
  });

  it("embeds", async () => {
    const { embeddings } = await backend.embed!({ model: "ollama/nomic-embed-text", values: ["the sky", "the sky"] });
    expect(embeddings).toEqual([Float32Array.of(0.25, -0.5, 1), Float32Array.of(0.25, -0.5, 1)]);
  });

  it("says how to get a model that is not pulled", async () => {
    const call = backend.generate({ model: "ollama/ghost", messages: say("ghost") });
    await expect(call).rejects.toMatchObject({ kind: "not-found", status: 404, model: "ghost" });
    await expect(call).rejects.toThrow(/ollama pull ghost/);
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

    it("meets a server error", async () => {
      mock.setChaos({ dropRate: 1 });
      await expect(run[how]()).rejects.toMatchObject({ kind: "server", status: 500, retryable: true });
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
