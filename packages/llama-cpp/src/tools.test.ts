import { collect, type GenerateRequest, type Message, type StreamEvent, type Tool } from "@llmux/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { llamaCpp, unloadModels } from "./index.js";
import { ANSWER, describeEngine, temporaryDirectory, writeChatModel, writeToolModel } from "./testing/models.ts";

const { path: modelsDirectory, drop } = temporaryDirectory();
const backend = llamaCpp({ modelsDirectory, gpu: "cpu", threads: 1, contextSize: 2048 }).createBackend();

const weather: Tool = {
  name: "weather",
  description: "The weather of a city",
  inputSchema: {
    type: "object",
    properties: { city: { enum: ["Oslo", "Rome"], description: "Where" }, days: { type: "integer" } },
    required: ["city"],
  },
};
const clock: Tool = { name: "clock" };
const user: Message[] = [{ role: "user", content: "Hm?" }];
const asked = (changes: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: "tools",
  messages: user,
  tools: [weather],
  ...changes,
});

beforeAll(() => {
  writeToolModel(`${modelsDirectory}/tools.gguf`);
  writeChatModel(`${modelsDirectory}/chat.gguf`, 2048);
});
afterAll(async () => {
  await unloadModels();
  drop();
});

describeEngine("tools", () => {
  it("are called by the model, not run", async () => {
    const result = await backend.generate(asked());
    expect(result.toolCalls).toEqual([
      {
        type: "tool-call",
        id: "call_0",
        name: "weather",
        input: { city: expect.stringMatching(/^(Oslo|Rome)$/), days: expect.any(Number) },
      },
    ]);
    expect(result.text).toBe("");
    expect(result.finishReason).toEqual({ unified: "tool-calls", raw: "functionCalls" });
  });

  it("stream their arguments", async () => {
    const events: StreamEvent[] = [];
    for await (const event of backend.stream(asked())) events.push(event);
    const deltas = events.flatMap((event) => (event.type === "tool-input-delta" ? [event.delta] : []));
    const call = events.find(({ type }) => type === "tool-call");
    expect(deltas.length).toBeGreaterThan(3);
    expect(call).toMatchObject({ id: "call_0", input: JSON.parse(deltas.join("")) });
    expect(deltas.join("")).toMatch(/^\{.*\}$/s);
    expect([...new Set(events.map(({ type }) => type))]).toEqual([
      "start",
      "tool-input-start",
      "tool-input-delta",
      "tool-input-end",
      "tool-call",
      "finish",
    ]);
  });

  it.each<[string, Partial<GenerateRequest>]>([
    ["with arguments", {}],
    ["without arguments", { tools: [clock] }],
    ["demanded", { model: "chat", toolChoice: "required" }],
    ["cut by a limit", { maxTokens: 12 }],
  ])("add up to what generate gives: %s", async (_, changes) => {
    const [streamed, whole] = [await collect(backend.stream(asked(changes))), await backend.generate(asked(changes))];
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.finishReason).toEqual(whole.finishReason);
    expect(whole.toolCalls).toHaveLength(1);
  });

  it("that take nothing are called with nothing", async () => {
    const empty: Tool = { name: "clock", inputSchema: { type: "object", properties: {}, additionalProperties: false } };
    for (const tool of [clock, empty]) {
      const { toolCalls } = await backend.generate(asked({ tools: [tool] }));
      expect(toolCalls).toEqual([{ type: "tool-call", id: "call_0", name: "clock", input: {} }]);
    }
  });

  it("may be demanded, any or one, of a model that would not call by itself", async () => {
    const both = { model: "chat", tools: [clock, weather] };
    expect((await backend.generate(asked(both))).text).toBe(ANSWER);
    expect((await backend.generate(asked({ ...both, toolChoice: "required" }))).toolCalls).toHaveLength(1);
    for (const tool of ["clock", "weather"]) {
      const { toolCalls } = await backend.generate(asked({ ...both, toolChoice: { tool } }));
      expect(toolCalls.map(({ name }) => name)).toEqual([tool]);
    }
    const none = await backend.generate(asked({ ...both, toolChoice: "none" }));
    expect(none).toMatchObject({ text: ANSWER, toolCalls: [] });
    expect(none.usage.inputTokens.total).toBe(6);
    await expect(backend.generate(asked({ toolChoice: { tool: "nope" } }))).rejects.toMatchObject({
      kind: "invalid-request",
      parameter: "toolChoice",
    });
  });

  it("have their results in the conversation, which goes on from them", async () => {
    const first = await backend.generate(asked());
    const messages: Message[] = [
      ...user,
      first.message,
      { role: "tool", content: [{ type: "tool-result", toolCallId: "call_0", output: { sky: "clear" } }] },
    ];
    const second = await backend.generate(asked({ messages }));
    expect(second).toMatchObject({ text: "It is sunny.", toolCalls: [], finishReason: { unified: "stop" } });
    // All but the result had been computed for the first.
    expect(second.usage.inputTokens.cacheRead).toBeGreaterThan(first.usage.inputTokens.total! - 1);
    const { message } = second;
    const third = await backend.generate(
      asked({ messages: [...messages, message, { role: "user", content: "And?" }] }),
    );
    expect(third.toolCalls).toMatchObject([{ id: "call_1" }]);
  });

  it("have ids that the conversation has not", async () => {
    const messages: Message[] = [
      ...user,
      { role: "assistant", content: [{ type: "tool-call", id: "call_1", name: "clock", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "call_1", output: "noon" }] },
      { role: "user", content: "Again" },
    ];
    expect((await backend.generate(asked({ messages }))).toolCalls).toMatchObject([{ id: "call_2" }]);
  });

  it("keep what a limit cut, unparsed", async () => {
    const result = await backend.generate(asked({ maxTokens: 14 }));
    expect(result.finishReason).toEqual({ unified: "length", raw: "maxTokens" });
    expect(result.toolCalls).toMatchObject([{ name: "weather", input: undefined }]);
    expect(result.toolCalls[0]!.inputText).toMatch(/^\{\s*/);
  });

  it("count among the tokens of the prompt", async () => {
    const { inputTokens } = await backend.countTokens!(asked());
    expect(inputTokens).toBeGreaterThan(
      (await backend.countTokens!({ model: "tools", messages: user })).inputTokens + 100,
    );
    expect((await backend.generate(asked())).usage.inputTokens.total).toBe(inputTokens);
  });

  it("can't be had together with a schema for the reply", async () => {
    const both = asked({ output: "json" });
    await expect(backend.generate(both)).rejects.toMatchObject({ kind: "unsupported", parameter: "output" });
  });

  it("of another provider are refused", async () => {
    const tools: Tool[] = [{ type: "provider", provider: "acme", value: {} }];
    await expect(backend.generate(asked({ tools }))).rejects.toMatchObject({ kind: "unsupported" });
    const dropped = await backend.generate(asked({ model: "chat", tools, dropParams: true }));
    expect(dropped).toMatchObject({ text: ANSWER, warnings: [{ type: "dropped" }] });
  });
});
