import { isLLMError, LLMError, type Warning } from "@llmux/core";
import type { AdapterMessage, AdapterRequest, CallContext } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { toCompletions } from "./to-completions.js";

const text = (text: string): { type: "text"; text: string }[] => [{ type: "text", text }];
const user = (words: string, name?: string): AdapterMessage => ({ role: "user", content: text(words), name });
const assistant = (words: string): AdapterMessage => ({ role: "assistant", content: text(words) });
const system = (words: string): AdapterMessage => ({ role: "system", content: text(words) });

function translate(request: Partial<AdapterRequest>, dropParams = false): { body: object; warnings: Warning[] } {
  const warnings: Warning[] = [];
  const context: CallContext = {
    signal: new AbortController().signal,
    abortable: true,
    warn: (warning) => void warnings.push(warning),
    unsupported(parameter, why = "") {
      if (!dropParams) throw new LLMError({ kind: "unsupported", parameter, message: why });
      warnings.push({ type: "dropped", parameter, message: why });
    },
  };
  const body = toCompletions({ model: "m", messages: [user("Hi")], ...request }, context, { provider: "openai" });
  return { body: JSON.parse(JSON.stringify(body)), warnings };
}
const prompt = (...messages: AdapterMessage[]): object => {
  const { model: _, ...rest } = translate({ messages }).body as { model: string };
  return rest;
};

describe("the prompt", () => {
  it("is a single message's text as it is", () => {
    expect(prompt(user("Once upon a time"))).toEqual({ prompt: "Once upon a time" });
    expect(prompt(system("  a\n"))).toEqual({ prompt: "  a\n" });
    expect(prompt({ role: "user", content: [...text("a"), ...text("b")] })).toEqual({ prompt: "ab" });
  });

  it("of several messages is a transcript that ends where the assistant is to speak", () => {
    expect(prompt(system("Be brief."), user("Hi"), assistant("Hello!"), user("Why?"))).toEqual({
      prompt: "Be brief.\n\nuser:\nHi\n\nassistant:\nHello!\n\nuser:\nWhy?\n\nassistant:\n",
      stop: ["\nuser:"],
    });
  });

  it("goes on from a last message of the assistant's", () => {
    expect(prompt(user("A poem"), assistant("Roses are"))).toEqual({
      prompt: "user:\nA poem\n\nassistant:\nRoses are",
      stop: ["\nuser:"],
    });
  });

  it("calls speakers by name where they have one", () => {
    expect(prompt(user("Hi", "Ann"), user("Ho"))).toEqual({
      prompt: "Ann:\nHi\n\nuser:\nHo\n\nassistant:\n",
      stop: ["\nAnn:", "\nuser:"],
    });
  });

  it("leaves the caller's stop sequences, and OpenAI's limit of four, alone", () => {
    const messages = [user("Hi"), user("Ho")];
    const stop = (stopSequences: string[]): unknown =>
      (translate({ messages, stopSequences }).body as { stop: unknown }).stop;
    expect(stop(["a"])).toEqual(["a", "\nuser:"]);
    expect(stop(["\nuser:"])).toEqual(["\nuser:"]);
    expect(stop(["a", "b", "c", "d"])).toEqual(["a", "b", "c", "d"]);
  });

  it.each<[string, AdapterMessage]>([
    ["an image", { role: "user", content: [{ type: "image", data: "https://x/y.png" }, ...text("b")] }],
    [
      "a tool call",
      { role: "assistant", content: [{ type: "tool-call", id: "1", name: "t", input: {} }, ...text("b")] },
    ],
    ["a tool's result", { role: "tool", content: [{ type: "tool-result", toolCallId: "1", output: "o" }] }],
  ])("can hold no %s", (_, message) => {
    const messages = [user("a"), message, user("c")];
    expect(() => translate({ messages })).toThrow(
      expect.toSatisfy((error: unknown) => isLLMError(error, "unsupported") && error.parameter === "messages"),
    );
    const { body, warnings } = translate({ messages }, true);
    expect(warnings).toMatchObject([{ type: "dropped", parameter: "messages" }]);
    expect((body as { prompt: string }).prompt).toMatch(
      /^user:\na\n\n((user|assistant):\nb\n\n)?user:\nc\n\nassistant:\n$/,
    );
  });

  it("holds no reasoning, and says so", () => {
    const { body, warnings } = translate({
      messages: [
        user("a"),
        { role: "assistant", content: [{ type: "reasoning", text: "hm" }, ...text("b")] },
        user("c"),
      ],
    });
    expect(body).toMatchObject({ prompt: "user:\na\n\nassistant:\nb\n\nuser:\nc\n\nassistant:\n" });
    expect(warnings).toMatchObject([{ type: "dropped", parameter: "messages" }]);
  });
});

describe("the parameters", () => {
  it("are in the API's own words, and provider options win", () => {
    const { body } = translate({
      maxTokens: 5,
      temperature: 0.5,
      topP: 0.9,
      frequencyPenalty: 1,
      presencePenalty: 2,
      stopSequences: ["x"],
      seed: 7,
      user: "u",
      providerOptions: { openai: { api: "completions", temperature: 0, suffix: "end", logprobs: 2, best_of: 3 } },
    });
    expect(body).toEqual({
      model: "m",
      prompt: "Hi",
      max_tokens: 5,
      temperature: 0,
      top_p: 0.9,
      frequency_penalty: 1,
      presence_penalty: 2,
      stop: ["x"],
      seed: 7,
      user: "u",
      suffix: "end",
      logprobs: 2,
      best_of: 3,
    });
    expect(translate({ providerOptions: { openai: { prompt: [1, 2] } } }).body).toMatchObject({ prompt: [1, 2] });
  });

  it.each([
    ["tools", { tools: [] }],
    ["toolChoice", { toolChoice: "auto" }],
    ["parallelToolCalls", { parallelToolCalls: true }],
    ["output", { output: { name: "output", strict: true } }],
    ["reasoning", { reasoning: { effort: "low" } }],
    ["cacheKey", { cacheKey: "k" }],
    ["topK", { topK: 3 }],
  ] as [string, Partial<AdapterRequest>][])("%s is unsupported", (parameter, request) => {
    expect(() => translate(request)).toThrow(
      expect.toSatisfy((error: unknown) => isLLMError(error, "unsupported") && error.parameter === parameter),
    );
    const { body, warnings } = translate(request, true);
    expect(body).toEqual({ model: "m", prompt: "Hi" });
    expect(warnings).toMatchObject([{ type: "dropped", parameter }]);
  });

  it("n is told to be read in part", () => {
    expect(translate({ providerOptions: { openai: { n: 2 } } }).warnings).toMatchObject([{ parameter: "n" }]);
  });
});
