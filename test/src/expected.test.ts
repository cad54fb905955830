import { type GenerateResult, LLMError, type StreamEvent, type Usage } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { type Expected, mismatches, type Outcome, outcomeOf } from "./expected.ts";

const usage: Usage = {
  inputTokens: { total: 10, cacheRead: 4, cacheWrite: 0 },
  outputTokens: { total: 5, reasoning: undefined },
};

const result: GenerateResult = {
  content: [{ type: "text", text: "Hello" }],
  text: "Hello",
  reasoning: "Hm",
  refusal: undefined,
  toolCalls: [{ type: "tool-call", id: "1", name: "add", input: { a: 1 } }],
  output: undefined,
  message: { role: "assistant", content: [] },
  finishReason: { unified: "tool-calls", raw: "tool_calls" },
  usage,
  warnings: [],
  provider: "test",
  model: "test",
  response: {},
};

const wanted: Expected = {
  id: "test",
  kind: "result",
  text: "Hello",
  refusal: null,
  reasoning: "Hm",
  toolCalls: [{ name: "add", arguments: { a: 1 } }],
  finish: "tool-calls",
  usage: { input: 10, cacheRead: 4, cacheWrite: 0, output: 5, reasoning: null },
};

const judge = (changes: Partial<GenerateResult>, expected: Partial<Expected> = {}): string[] =>
  mismatches({ kind: "result", result: { ...result, ...changes } }, { ...wanted, ...expected });

describe("mismatches, of a result", () => {
  it("finds none where all is as expected", () => {
    expect(judge({})).toEqual([]);
  });

  it.each<[string, Partial<GenerateResult>]>([
    ["text", { text: "Hello " }],
    ["refusal", { refusal: "No" }],
    ["reasoning", { reasoning: undefined }],
    ["toolCalls", { toolCalls: [] }],
    ["toolCalls", { toolCalls: [{ type: "tool-call", id: "1", name: "sub", input: { a: 1 } }] }],
    ["toolCalls", { toolCalls: [{ type: "tool-call", id: "1", name: "add", input: { a: "1" } }] }],
    ["toolCalls", { toolCalls: [{ type: "tool-call", id: "1", name: "add", input: undefined, inputText: "{a" }] }],
    ["finish", { finishReason: { unified: "stop", raw: "stop" } }],
    ["usage.input", { usage: { ...usage, inputTokens: { total: 11, cacheRead: 4, cacheWrite: 0 } } }],
    ["usage.cacheRead", { usage: { ...usage, inputTokens: { total: 10, cacheRead: 0, cacheWrite: 0 } } }],
    ["usage.cacheWrite", { usage: { ...usage, inputTokens: { total: 10, cacheRead: 4, cacheWrite: undefined } } }],
    ["usage.output", { usage: { ...usage, outputTokens: { total: 6, reasoning: undefined } } }],
    ["usage.reasoning", { usage: { ...usage, outputTokens: { total: 5, reasoning: 0 } } }],
  ])("finds another %s", (what, changes) => {
    const found = judge(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${what}: `));
  });

  it("accepts what the recording's ambiguity allows, and no more", () => {
    const accept = { "usage.output": [6] };
    const withOutput = (total: number) => ({ usage: { ...usage, outputTokens: { total, reasoning: undefined } } });
    expect(judge(withOutput(6), { accept })).toEqual([]);
    expect(judge(withOutput(7), { accept })).toHaveLength(1);
  });

  it("compares arguments that are not JSON as text", () => {
    const toolCalls = [{ type: "tool-call" as const, id: "1", name: "add", input: undefined, inputText: "{a" }];
    expect(judge({ toolCalls }, { toolCalls: [{ name: "add", argumentsText: "{a" }] })).toEqual([]);
    expect(judge({ toolCalls }, { toolCalls: [{ name: "add", argumentsText: "{b" }] })).toHaveLength(1);
  });

  it("takes the parts of reasoning joined or as they are", () => {
    const parts = { reasoning: "A\n\nB", reasoningParts: ["A", "B"] };
    expect(judge({ reasoning: "AB" }, parts)).toEqual([]);
    expect(judge({ reasoning: "A\n\nB" }, parts)).toEqual([]);
    expect(judge({ reasoning: "BA" }, parts)).toHaveLength(1);
  });

  it("refuses an error in its place", () => {
    const error = new LLMError({ kind: "server", message: "down" });
    expect(mismatches({ kind: "error", error }, wanted)).toEqual(["a error (server: down), expected a result"]);
  });

  it("takes the other kind where a recording allows for it", () => {
    const error = new LLMError({ kind: "content-policy", message: "no" });
    const altKind: Partial<Expected> = { kind: "error", error: "contentPolicy" };
    expect(mismatches({ kind: "error", error }, { ...wanted, altKind })).toEqual([]);
    const other = new LLMError({ kind: "server", message: "down" });
    expect(mismatches({ kind: "error", error: other }, { ...wanted, altKind })).not.toEqual([]);
  });
});

describe("mismatches, of an error", () => {
  const limited: Expected = {
    id: "test",
    kind: "error",
    error: "rateLimit",
    status: 429,
    retryable: true,
    retryAfterMs: 2_000,
  };
  const init = { kind: "rate-limit", message: "slow down", status: 429, retryable: true, retryAfter: 2_000 } as const;
  const judgeError = (changes: object, expected: Partial<Expected> = {}): string[] =>
    mismatches({ kind: "error", error: new LLMError({ ...init, ...changes }) }, { ...limited, ...expected });

  it("finds none where all is as expected", () => {
    expect(judgeError({})).toEqual([]);
  });

  it.each<[string, object]>([
    ["error", { kind: "overloaded" }],
    ["status", { status: 500 }],
    ["retryable", { retryable: false }],
    ["retryAfter", { retryAfter: 3_000 }],
    ["retryAfter", { retryAfter: undefined }],
  ])("finds another %s", (what, changes) => {
    const found = judgeError(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${what}: `));
  });

  it("finds what was said before the failure of a stream", () => {
    const partial = { text: "Hel", content: [] };
    expect(judgeError({ partial }, { inStream: true, partialText: "Hel" })).toEqual([]);
    expect(judgeError({ partial }, { inStream: true, partialText: "Hell" })).toHaveLength(1);
    expect(judgeError({}, { inStream: true, partialText: "Hel" })).toHaveLength(1);
  });

  it("takes an alternative kind, and no third", () => {
    expect(judgeError({ kind: "overloaded" }, { alternatives: ["overloaded"] })).toEqual([]);
    expect(judgeError({ kind: "server" }, { alternatives: ["overloaded"] })).toHaveLength(1);
  });

  it("refuses a result in its place", () => {
    expect(mismatches({ kind: "result", result }, limited)).toEqual(["a result (Hello), expected a error"]);
  });
});

describe("outcomeOf", () => {
  const kindOf = async (run: Parameters<typeof outcomeOf>[0]): Promise<Outcome["kind"]> => (await outcomeOf(run)).kind;

  it("tells results from errors, of calls and of streams", async () => {
    const error = new LLMError({ kind: "server", message: "down" });
    expect(await kindOf(Promise.resolve(result))).toBe("result");
    expect(await kindOf(Promise.reject(error))).toBe("error");
    const events: StreamEvent[] = [
      { type: "start", provider: "test", model: "test", warnings: [], response: {} },
      { type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage },
    ];
    async function* stream(failing: boolean): AsyncGenerator<StreamEvent> {
      yield* events;
      if (failing) throw error;
    }
    expect(await kindOf(stream(false))).toBe("result");
    expect(await kindOf(stream(true))).toBe("error");
  });

  it("throws on what is a bug", async () => {
    await expect(outcomeOf(Promise.reject(new TypeError("x is undefined")))).rejects.toThrow(TypeError);
  });
});
