import { LLMock } from "@copilotkit/aimock";
import { collect, isLLMError, type LLMBackend, type LLMError, type Message } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bedrock } from "./adapter.js";

const weather = {
  name: "get_weather",
  description: "The weather in a city",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const ask = (text: string): Message => ({ role: "user", content: text });
const models = ["us.anthropic.claude-sonnet-4-6", "invoke/anthropic.claude-3-haiku-20240307-v1:0"];

let mock: LLMock;
let backend: LLMBackend;
beforeAll(async () => {
  mock = new LLMock({ port: 0, chunkSize: 4 });
  mock.onMessage("hello", { content: "Hi there, friend! 👋" });
  mock.onMessage("think", { content: "42", reasoning: "Six by seven." });
  mock.on(
    { userMessage: "weather", hasToolResult: false },
    {
      content: "Let me look.",
      toolCalls: [
        { name: "get_weather", arguments: '{"city":"Rome"}' },
        { name: "get_weather", arguments: '{"city":"Oslo"}' },
      ],
    },
  );
  mock.on({ userMessage: "weather", hasToolResult: true }, { content: "Rome is warm, Oslo is not." });
  mock.on({ userMessage: "cut me" }, { content: "This never comes to its end." }, { truncateAfterChunks: 3 });
  await mock.start();
  backend = bedrock({ apiKey: "bedrock-api-key-test", baseURL: mock.url }).createBackend();
});
afterEach(() => mock.clearChaos());
afterAll(() => mock.stop());

async function errorOf(promise: Promise<unknown>): Promise<LLMError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLLMError(error)) throw error ?? new Error("nothing was thrown");
  return error;
}

describe.each(models)("against a local provider, %s", (model) => {
  it("gives by stream what it gives at once", async () => {
    for (const text of ["hello", "think", "weather"]) {
      const request = { model, messages: [ask(text)], tools: [weather] };
      const whole = await backend.generate(request);
      const streamed = await collect(backend.stream(request));
      const essence = ({ text, reasoning, toolCalls, finishReason, content }: typeof whole) => ({
        text,
        reasoning,
        finishReason,
        kinds: content.map(({ type }) => type),
        calls: toolCalls.map(({ name, input }) => ({ name, input })),
      });
      expect(essence(streamed)).toEqual(essence(whole));
      expect(whole.provider).toBe("bedrock");
    }
  });

  it("streams text in pieces", async () => {
    const deltas: string[] = [];
    for await (const event of backend.stream({ model, messages: [ask("hello")] })) {
      if (event.type === "text-delta") deltas.push(event.delta);
    }
    expect(deltas.length).toBeGreaterThan(2);
    expect(deltas.join("")).toBe("Hi there, friend! 👋");
  });

  it.each(["generate", "stream"] as const)("holds a conversation with tools (%s)", async (how) => {
    const run = (messages: Message[]) => {
      const request = { model, messages, tools: [weather] };
      return how === "stream" ? collect(backend.stream(request)) : backend.generate(request);
    };
    const messages: Message[] = [{ role: "system", content: "Be brief." }, ask("What is the weather like?")];
    const first = await run(messages);
    expect(first.finishReason.unified).toBe("tool-calls");
    expect(first.toolCalls.map(({ input }) => input)).toEqual([{ city: "Rome" }, { city: "Oslo" }]);
    const results = first.toolCalls.map(({ id }) => ({
      type: "tool-result" as const,
      toolCallId: id,
      output: { degrees: 20 },
    }));
    const second = await run([...messages, first.message, { role: "tool", content: results }]);
    expect(second.text).toBe("Rome is warm, Oslo is not.");
    expect(second.finishReason.unified).toBe("stop");
  });

  it("reports chaos for what it is", async () => {
    const request = { model, messages: [ask("hello")] };
    const runs = [() => backend.generate(request), () => collect(backend.stream(request))];
    for (const run of runs) {
      mock.setChaos({ rateLimitRate: 1 });
      const before = mock.getRequests().length;
      const limited = await errorOf(run());
      expect(limited).toMatchObject({ kind: "rate-limit", status: 429, retryable: true });
      expect(limited.retryAfter).toBeGreaterThan(0);
      expect(mock.getRequests().length).toBe(before + 1);
      mock.setChaos({ dropRate: 1 });
      expect(await errorOf(run())).toMatchObject({ kind: "server", status: 500, retryable: true });
      mock.setChaos({ malformedRate: 1 });
      expect((await errorOf(run())).kind).toBe("malformed-response");
      mock.setChaos({ disconnectRate: 1 });
      expect(await errorOf(run())).toMatchObject({ kind: "connection", retryable: true });
    }
  });

  it("reports a stream that is cut", async () => {
    const error = await errorOf(collect(backend.stream({ model, messages: [ask("cut me")] })));
    expect(error.kind).toBe("connection");
    // How much of it a reset connection still hands over is up to the runtime.
    expect("This never comes to its end.").toContain(error.partial?.text);
  });

  it("reports an overload and a wrong path", async () => {
    mock.nextRequestError(503, { message: "Too busy" });
    const request = { model, messages: [ask("hello")] };
    expect(await errorOf(backend.generate(request))).toMatchObject({ kind: "overloaded", status: 503 });
    const astray = bedrock({ apiKey: "k", baseURL: `${mock.url}/nowhere` }).createBackend();
    expect(await errorOf(astray.generate(request))).toMatchObject({ kind: "not-found", status: 404 });
  });
});
