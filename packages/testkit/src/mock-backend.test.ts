import { collect, createLLM, defineAdapter, type GenerateRequest, LLMError, withRetry } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { mockBackend } from "./mock-backend.js";

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hi" }] };

describe("mockBackend", () => {
  it("gives one answer to all, or its script in order, and remembers what it was asked", async () => {
    const one = mockBackend("Hello");
    expect([(await one.generate(request)).text, (await collect(one.stream(request))).text]).toEqual(["Hello", "Hello"]);
    expect(one.requests).toEqual([request, request]);
    const script = mockBackend(["a", { text: "b", finishReason: "length" }]);
    expect((await script.generate(request)).finishReason.unified).toBe("stop");
    expect((await script.generate(request)).finishReason.unified).toBe("length");
    await expect(script.generate(request)).rejects.toMatchObject({ kind: "not-found", message: /2 answers/ });
  });

  it("streams what it generates", async () => {
    const reply = {
      text: "It is noon.",
      reasoning: "Look at the clock.",
      toolCalls: [
        { name: "now", input: { zone: "CET" } },
        { id: "x", name: "now", input: {} },
      ],
    };
    const whole = await mockBackend(reply).generate(request);
    expect(await collect(mockBackend(reply).stream(request))).toEqual(whole);
    expect(whole.finishReason.unified).toBe("tool-calls");
    expect(whole.toolCalls.map(({ id }) => id)).toEqual(["call_1_0", "x"]);
  });

  it("answers by the request", async () => {
    const llm = mockBackend(({ messages }, call) => `${call}: ${messages[0]?.content}`);
    await llm.generate(request);
    expect((await llm.generate(request)).text).toBe("1: Hi");
  });

  it("fails as it is told, a stream after what came before", async () => {
    const error = new LLMError({ kind: "server", message: "down" });
    await expect(mockBackend(error).generate(request)).rejects.toBe(error);
    await expect(collect(mockBackend({ text: "half an", error }).stream(request))).rejects.toMatchObject({
      kind: "server",
      partial: { text: "half an" },
    });
    const retried = withRetry(mockBackend([error, "fine"]), { retries: 1, minWait: 0, maxWait: 0 });
    expect((await retried.generate(request)).text).toBe("fine");
  });

  it("gives an output as value and as text", async () => {
    const { output, text } = await mockBackend({ output: { a: 1 } }).generate(request);
    expect([output, text]).toEqual([{ a: 1 }, '{"a":1}']);
  });

  it("stops for an abort", async () => {
    const signal = AbortSignal.abort();
    await expect(mockBackend("x").generate({ ...request, signal })).rejects.toMatchObject({ kind: "aborted" });
  });

  it("embeds equal texts alike, others otherwise, or as it is told", async () => {
    const { embeddings } = await mockBackend().embed({ values: ["a", "b", "a"] });
    expect(embeddings[0]).toEqual(embeddings[2]);
    expect(embeddings[0]).not.toEqual(embeddings[1]);
    const told = await mockBackend("", { embed: (value) => [value.length] }).embed({ values: ["abc"] });
    expect(told.embeddings[0]).toEqual(Float32Array.of(3));
  });

  it("is a backend like any other: also behind an adapter", async () => {
    const mock = mockBackend("Hello");
    const adapter = defineAdapter({ id: "mock", name: "Mock", createBackend: () => mock as never });
    expect((await createLLM({ adapters: [adapter] }).generate({ ...request, model: "mock/m" })).text).toBe("Hello");
  });
});
