import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLMBackend, type Message } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { mistral } from "./index.js";

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
  mock.onMessage("object", { content: '{"city":"Oslo","degrees":-4}' });
  mock.onMessage("cut", { content: "This will never be heard to its very end." }, { truncateAfterChunks: 3 });
  mock.onEmbedding("sky", { embedding: [0.25, -0.5, 1] });
  mock.onMessage("ghost", { error: { message: "Invalid model: ghost", type: "invalid_model" }, status: 400 });
  await mock.start();
  backend = createLLM({ adapters: [mistral({ apiKey: "key", baseURL: `${mock.url}/v1` })] });
});
afterAll(() => mock.stop());
afterEach(() => mock.clearChaos());

const say = (content: string): Message[] => [{ role: "user", content }];
const model = "mistral/mistral-small-latest";
const weather = {
  name: "weather",
  inputSchema: { type: "object", properties: { city: { type: "string" } } },
};

describe("against an offline provider", () => {
  it("answers, and streams the same", async () => {
    const request = { model, messages: say("hello") };
    const result = await backend.generate(request);
    expect(result).toMatchObject({
      text: "Hello to you, and a good morning as well.",
      provider: "mistral",
      model: "mistral-small-latest",
      finishReason: { unified: "stop", raw: "stop" },
    });
    const { content, text, toolCalls, finishReason } = result;
    expect(await collect(backend.stream(request))).toMatchObject({ content, text, toolCalls, finishReason });
  });

  it("holds a conversation with tools, streamed", async () => {
    const messages = say("How is the weather?");
    const asked = await collect(backend.stream({ model, messages, tools: [weather] }));
    expect(asked.text).toBe("Let me look.");
    expect(asked.toolCalls.map(({ name, input }) => [name, input])).toEqual([
      ["weather", { city: "Oslo" }],
      ["weather", { city: "Rome" }],
    ]);
    expect(asked.finishReason).toEqual({ unified: "tool-calls", raw: "tool_calls" });
    const direct = await backend.generate({ model, messages, tools: [weather] });
    expect(direct.toolCalls.map(({ name, input }) => [name, input])).toEqual(
      asked.toolCalls.map(({ name, input }) => [name, input]),
    );
    messages.push(asked.message, {
      role: "tool",
      content: asked.toolCalls.map(({ id }, index) => ({
        type: "tool-result",
        toolCallId: id,
        output: index === 0 ? "-4" : "25",
      })),
    });
    const answer = await collect(backend.stream({ model, messages, tools: [weather] }));
    expect(answer.text).toBe("Cold in Oslo, warm in Rome. ☀️");
    const sent = mock.getLastRequest()?.body as any;
    const ids = sent.messages[1].tool_calls.map(({ id }: { id: string }) => id);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(sent.messages.slice(2).map((message: any) => [message.tool_call_id, message.content])).toEqual([
      [ids[0], "-4"],
      [ids[1], "25"],
    ]);
  });

  it("gives objects", async () => {
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const { output } = await backend.generate({ model, messages: say("object"), output: { schema } });
    expect(output).toEqual({ city: "Oslo", degrees: -4 });
    expect(mock.getLastRequest()?.body).toMatchObject({
      response_format: { type: "json_schema", json_schema: { name: "output", schema, strict: true } },
    });
  });

  it("embeds", async () => {
    const { embeddings } = await backend.embed!({ model: "mistral/mistral-embed", values: ["the sky", "the sky"] });
    expect(embeddings).toEqual([Float32Array.of(0.25, -0.5, 1), Float32Array.of(0.25, -0.5, 1)]);
  });

  it("knows its models by their bare names", async () => {
    const { provider } = await backend.generate({ model: "codestral-latest", messages: say("hello") });
    expect(provider).toBe("mistral");
  });

  it("says that a model is unknown", async () => {
    const call = backend.generate({ model: "mistral/ghost", messages: say("ghost") });
    await expect(call).rejects.toMatchObject({ kind: "not-found", status: 400, model: "ghost", retryable: false });
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
