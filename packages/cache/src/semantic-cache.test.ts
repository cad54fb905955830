import { type GenerateRequest, type LLMBackend, LLMError } from "@llmux/core";
import { type MockScript, mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { counting, semantic } from "./testing/semantic.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("left alone", () => {
  const image = { type: "image" as const, data: Uint8Array.of(1), mediaType: "image/png" };
  const call = { type: "tool-call" as const, id: "1", name: "f", input: {} };
  it.each<[string, Partial<GenerateRequest>]>([
    ["images", { messages: [{ role: "user", content: [image] }] }],
    ["texts with images", { messages: [{ role: "user", content: [{ type: "text", text: "What? 0°" }, image] }] }],
    [
      "images of before",
      {
        messages: [
          { role: "user", content: [image] },
          { role: "user", content: "Why?" },
        ],
      },
    ],
    [
      "several texts",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "a" },
              { type: "text", text: "b" },
            ],
          },
        ],
      },
    ],
    [
      "tool results",
      {
        messages: [
          { role: "assistant", content: [call] },
          { role: "tool", content: [{ type: "tool-result", toolCallId: "1", output: "x" }] },
        ],
      },
    ],
    [
      "tool calls of before",
      {
        messages: [
          { role: "assistant", content: [call] },
          { role: "user", content: "Why?" },
        ],
      },
    ],
    ["turns of the assistant's", { messages: [{ role: "assistant", content: "Well" }] }],
    ["nothing", { messages: [{ role: "user", content: " " }] }],
    ["calls that want no cache", { context: { cache: false } }],
  ])("are requests with %s", async (_, more) => {
    const { ask, embedded } = semantic();
    expect([await ask(0, more), await ask(0, more)]).toEqual(["Answer 0", "Answer 1"]);
    expect(embedded).not.toHaveBeenCalled();
  });

  it.each<[string, MockScript]>([
    ["tool calls", { text: "Hi", toolCalls: [{ name: "f", input: {} }] }],
    ["what was filtered", { text: "Hi", finishReason: "content-filter" }],
  ])("are answers with %s", async (_, script) => {
    const { ask, backend } = semantic(script);
    await ask(0);
    await ask(0);
    expect(backend.requests).toHaveLength(2);
  });

  it("are other calls, and what `when` excludes", async () => {
    const { llm, ask, embedded } = semantic(counting, { when: ({ temperature }) => temperature === 0 });
    await ask(0);
    await llm.embed!({ values: ["a"] });
    expect(embedded).not.toHaveBeenCalled();
  });
});

describe("a vector that can't be had", () => {
  it.each<[string, LLMBackend["embed"]]>([
    ["fails", async () => Promise.reject(new LLMError({ kind: "server", message: "Down" }))],
    [
      "is missing",
      async () => ({
        embeddings: [],
        usage: { inputTokens: { total: 0 } },
        warnings: [],
        provider: "p",
        model: "e",
        response: {},
      }),
    ],
    [
      "points nowhere",
      async () => ({
        embeddings: [Float32Array.of(0, 0)],
        usage: { inputTokens: { total: 0 } },
        warnings: [],
        provider: "p",
        model: "e",
        response: {},
      }),
    ],
  ])("is a miss where it %s", async (_, embed) => {
    const { ask, failures } = semantic(counting, { embed: { ...mockBackend(), embed } as LLMBackend });
    expect([await ask(0), await ask(0), failures.length]).toEqual(["Answer 0", "Answer 1", 2]);
  });

  it("is waited for only so long", async () => {
    const embed = { ...mockBackend(), embed: () => new Promise<never>(() => {}) };
    const { ask, failures } = semantic(counting, { embed, embedTimeout: 100 });
    const answer = ask(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(await answer).toBe("Answer 0");
    expect(failures).toMatchObject([{ kind: "timeout" }]);
  });

  it("is not waited for where the call is aborted", async () => {
    const embed = { ...mockBackend(), embed: () => new Promise<never>(() => {}) };
    const { ask, backend, failures } = semantic(counting, { embed });
    const controller = new AbortController();
    const answer = ask(0, { signal: controller.signal });
    controller.abort();
    await expect(answer).rejects.toMatchObject({ kind: "aborted" });
    expect([backend.requests, failures]).toEqual([[], []]);
  });

  it("of another length than before is near to none", async () => {
    let dimensions = 2;
    const embed = mockBackend("", { embed: () => Array(dimensions).fill(1) });
    const { ask } = semantic(counting, { embed });
    await ask(0);
    dimensions = 3;
    expect([await ask(0), await ask(0)]).toEqual(["Answer 1", "Answer 1"]);
  });
});
