import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLMBackend } from "@llmux/core";
import { openai } from "@llmux/openai";
import { context } from "@opentelemetry/api";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordedText, registerContextManager, SDK } from "./testing/harness.js";
import { withTelemetry } from "./with-telemetry.js";

const apiKey = "sk-socket-0123456789abcdefghijkl";
const ask = (content: string): { model: string; messages: { role: "user"; content: string }[] } => ({
  model: "openai/gpt-4o",
  messages: [{ role: "user", content }],
});

let mock: LLMock;
let sdk: SDK;
let llm: LLMBackend;
beforeAll(async () => {
  mock = new LLMock({ port: 0, chunkSize: 4 });
  mock.onMessage("hello", { content: "Hi there, friend! 👋" });
  mock.on({ userMessage: "cut me" }, { content: "This never comes to its end." }, { truncateAfterChunks: 3 });
  mock.onEmbedding("vectors", { embedding: [0.5, 0.25] });
  await mock.start();
});
afterAll(() => mock.stop());
beforeEach(() => {
  registerContextManager();
  sdk = new SDK();
  const { tracerProvider, meterProvider } = sdk;
  const router = createLLM({ adapters: [openai({ apiKey, baseURL: `${mock.url}/v1` })] });
  llm = withTelemetry(router, { tracerProvider, meterProvider, content: true, errorMessages: true });
});
afterEach(async () => {
  expect(await recordedText(sdk)).not.toContain(apiKey);
  context.disable();
  await sdk.shutdown();
});

describe("over a socket, with the real adapter", () => {
  it("generate and stream", async () => {
    const result = await llm.generate(ask("hello"));
    const streamed = await collect(llm.stream(ask("hello")));
    expect(streamed.text).toBe(result.text);
    expect(sdk.spans).toHaveLength(2);
    for (const { name, attributes } of sdk.spans) {
      expect(name).toBe("chat gpt-4o");
      expect(attributes).toMatchObject({
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "llmux.model": "openai/gpt-4o",
        "gen_ai.response.finish_reasons": ["stop"],
      });
      expect(attributes["gen_ai.response.id"]).toMatch(/^chatcmpl-/);
      expect(JSON.parse(String(attributes["gen_ai.output.messages"]))).toEqual([
        { role: "assistant", parts: [{ type: "text", content: "Hi there, friend! 👋" }], finish_reason: "stop" },
      ]);
    }
    expect(sdk.spans[0]?.attributes["gen_ai.usage.output_tokens"]).toBe(result.usage.outputTokens.total);
  });

  it("embed", async () => {
    await llm.embed!({ model: "openai/text-embedding-3-small", values: ["vectors"] });
    expect(sdk.span.name).toBe("embeddings text-embedding-3-small");
    expect(sdk.span.attributes).toMatchObject({
      "gen_ai.provider.name": "openai",
      "gen_ai.operation.name": "embeddings",
    });
  });

  it("a stream that is cut", async () => {
    await expect(collect(llm.stream(ask("cut me")))).rejects.toMatchObject({ kind: "connection" });
    expect(sdk.span.attributes).toMatchObject({ "error.type": "connection", "gen_ai.provider.name": "openai" });
    expect(sdk.span.attributes["gen_ai.output.messages"]).toContain('"finish_reason":"error"');
  });

  it("a stream that is left", async () => {
    for await (const event of llm.stream(ask("hello"))) if (event.type === "text-delta") break;
    expect(sdk.span.attributes).toMatchObject({ "llmux.stream.left": true });
  });

  it("a failure, and a hundred at once", async () => {
    await Promise.allSettled([
      llm.generate(ask("nobody knows this")),
      ...Array.from({ length: 50 }, () => llm.generate(ask("hello"))),
      ...Array.from({ length: 50 }, () => collect(llm.stream(ask("hello")))),
    ]);
    expect(sdk.spans).toHaveLength(101);
    expect(sdk.spans.filter(({ attributes }) => "error.type" in attributes)).toHaveLength(1);
    expect(new Set(sdk.spans.map((span) => span.spanContext().spanId)).size).toBe(101);
  });
});
