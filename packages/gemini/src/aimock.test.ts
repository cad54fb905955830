import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLMBackend, type Message } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { gemini, vertexAI } from "./index.js";

const printed = (["log", "warn", "error", "info"] as const).map((name) => vi.spyOn(console, name));
const mock = new LLMock({ chunkSize: 5 });
let backend: LLMBackend;

beforeAll(async () => {
  mock.on({ userMessage: "weather", hasToolResult: false } as never, {
    content: "Let me look.",
    toolCalls: [
      { name: "weather", arguments: '{"city":"Oslo"}' },
      { name: "weather", arguments: '{"city":"Rome"}', id: "call_abc" },
    ],
  });
  mock.on({ userMessage: "weather", hasToolResult: true } as never, { content: "Cold in Oslo, warm in Rome. ☀️" });
  mock.onMessage("hello", { content: "Hello to you, and a good morning as well." });
  mock.onMessage("think", { content: "Forty-two.", reasoning: "Six times seven." });
  mock.onMessage("cut", { content: "This will never be heard to its very end." }, { truncateAfterChunks: 3 });
  mock.onMessage("ghost", { error: { message: "models/ghost is not found", type: "NOT_FOUND" }, status: 404 });
  mock.onImage("cat", { image: { b64Json: Buffer.from("a cat").toString("base64") } });
  await mock.start();
  backend = createLLM({
    adapters: [
      gemini({ apiKey: "test-key", baseURL: mock.url }),
      // The mock knows Vertex AI's stable version only.
      vertexAI({ project: "p", location: "us-central1", accessToken: "ya29.test", baseURL: `${mock.url}/v1` }),
    ],
  });
});
afterAll(() => mock.stop());
afterEach(() => {
  mock.clearChaos();
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const say = (content: string): Message[] => [{ role: "user", content }];
const PROVIDERS = ["gemini", "vertex_ai"] as const;

describe.each(PROVIDERS)("%s against an offline provider", (provider) => {
  const model = `${provider}/gemini-2.5-flash`;

  it("answers, and streams the same", async () => {
    const request = { model, messages: say("hello") };
    const result = await backend.generate(request);
    expect(result).toMatchObject({
      text: "Hello to you, and a good morning as well.",
      provider,
      model: "gemini-2.5-flash",
    });
    expect(result.finishReason).toEqual({ unified: "stop", raw: "STOP" });
    const streamed = await collect(backend.stream(request));
    const { content, text, toolCalls, usage, finishReason } = result;
    expect(streamed).toMatchObject({ content, text, toolCalls, usage, finishReason });
  });

  it("thinks aloud", async () => {
    const request = { model, messages: say("think"), reasoning: { budgetTokens: 2000 } };
    const { reasoning, text, content } = await backend.generate(request);
    expect([reasoning, text]).toEqual(["Six times seven.", "Forty-two."]);
    expect((await collect(backend.stream(request))).content).toEqual(content);
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
    const call = ["tool-input-start", "tool-input-delta", "tool-input-end", "tool-call"];
    expect(types.filter((type) => type !== "text-delta")).toEqual([
      "start",
      "text-start",
      "text-end",
      ...call,
      ...call,
      "finish",
    ]);
    expect(asked.toolCalls).toEqual([
      { type: "tool-call", id: "call_0", name: "weather", input: { city: "Oslo" } },
      { type: "tool-call", id: "call_abc", name: "weather", input: { city: "Rome" } },
    ]);
    expect(asked.finishReason.unified).toBe("tool-calls");
    expect((await backend.generate({ model, messages, tools })).content).toEqual(asked.content);
    messages.push(asked.message);
    for (const [index, { id }] of asked.toolCalls.entries()) {
      messages.push({
        role: "tool",
        content: [{ type: "tool-result", toolCallId: id, output: { degrees: index === 0 ? -4 : 25 } }],
      });
    }
    const answer = await collect(backend.stream({ model, messages, tools }));
    expect(answer.text).toBe("Cold in Oslo, warm in Rome. ☀️");
    const again = [...messages.slice(0, 2), ...say("weather again")];
    expect((await backend.generate({ model, messages: again, tools })).toolCalls[0]?.id).toBe("call_2");
  });

  it("says what is not there", async () => {
    const call = backend.generate({ model: `${provider}/ghost`, messages: say("ghost") });
    await expect(call).rejects.toMatchObject({ kind: "not-found", status: 404, model: "ghost", provider });
  });
});

it("makes a picture", async () => {
  const { images } = await backend.generateImage!({ model: "gemini/imagen-4.0-generate-001", prompt: "a cat" });
  expect(images.map(({ data }) => Buffer.from(data!).toString())).toEqual(["a cat"]);
});

describe.each(PROVIDERS)("%s with chaos", (provider) => {
  const model = `${provider}/gemini-2.5-flash`;
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
      const before = mock.getRequests().length;
      mock.setChaos({ dropRate: 1 });
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
