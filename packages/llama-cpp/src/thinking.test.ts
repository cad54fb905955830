import { type AssistantPart, collect, type GenerateRequest, type Message } from "@llmux/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { llamaCpp, unloadModels } from "./index.js";
import {
  ANSWER,
  describeEngine,
  THOUGHT,
  temporaryDirectory,
  writeChatModel,
  writeThinkingModel,
} from "./testing/models.ts";

const { path: modelsDirectory, drop } = temporaryDirectory();
const backend = llamaCpp({ modelsDirectory, gpu: "cpu", threads: 1, contextSize: 512 }).createBackend();
const user: Message[] = [{ role: "user", content: "Why?" }];
const asked = (changes: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: "thinker",
  messages: user,
  ...changes,
});

beforeAll(() => {
  writeThinkingModel(`${modelsDirectory}/thinker.gguf`);
  writeChatModel(`${modelsDirectory}/chat.gguf`);
});
afterAll(async () => {
  await unloadModels();
  drop();
});

describeEngine("thoughts", () => {
  it("are told from what is said, and counted", async () => {
    for (const result of [await backend.generate(asked()), await collect(backend.stream(asked()))]) {
      expect(result.content).toEqual([
        { type: "reasoning", text: THOUGHT },
        { type: "text", text: ANSWER },
      ]);
      // The marks around the thought count too, but as neither.
      expect(result.usage.outputTokens).toEqual({ total: 13, reasoning: 4 });
    }
  });

  it.each([
    [{ effort: "none" }, undefined, 0],
    [{ budgetTokens: 2 }, "Light of", 2],
    [{ budgetTokens: 400 }, THOUGHT, 4],
  ] as const)("keep to a budget: %j", async (reasoning, thought, tokens) => {
    const result = await backend.generate(asked({ reasoning }));
    expect(result).toMatchObject({ text: ANSWER, warnings: [] });
    expect(result.reasoning).toBe(thought);
    expect(result.usage.outputTokens.reasoning).toBe(tokens);
  });

  it("may be all that a limit lets through", async () => {
    const result = await backend.generate(asked({ maxTokens: 3 }));
    expect(result).toMatchObject({ text: "", reasoning: "Light of", finishReason: { unified: "length" } });
  });

  it("can't be graded by a model that only thinks or does not", async () => {
    const reasoning = { effort: "high" } as const;
    await expect(backend.generate(asked({ reasoning }))).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "reasoning.effort",
    });
    expect(await backend.generate(asked({ reasoning, dropParams: true }))).toMatchObject({ reasoning: THOUGHT });
  });

  it("can't be had of a model that has none; not to think is all right with it", async () => {
    const chat = asked({ model: "chat" });
    for (const reasoning of [{ effort: "low" }, { budgetTokens: 5 }] as const) {
      const call = backend.generate({ ...chat, reasoning });
      await expect(call).rejects.toMatchObject({ kind: "unsupported", parameter: "reasoning" });
    }
    expect((await backend.generate({ ...chat, reasoning: { effort: "none" } })).text).toBe(ANSWER);
  });

  it("that a turn begins with are not shown to a model without any", async () => {
    const thought = { type: "reasoning", text: "Secret" } as const;
    const turn = (...content: AssistantPart[]): Message[] => [...user, { role: "assistant", content }];
    const count = async (model: string, messages: Message[]): Promise<number> =>
      (await backend.countTokens!({ model, messages })).inputTokens;
    const [without, with_] = [turn({ type: "text", text: "A" }), turn(thought, { type: "text", text: "A" })];
    expect(await count("chat", with_)).toBe(await count("chat", without));
    expect(await count("thinker", with_)).toBe((await count("thinker", without)) + "Secret".length + 2);
  });
});

describeEngine("gpt-oss's efforts", () => {
  it("are passed on, the nearest where there is none of that name", async () => {
    const providerOptions = { "llama-cpp": { chatWrapper: "harmony" } };
    const ask = (effort: "high" | "max") =>
      backend.generate(asked({ model: "chat", reasoning: { effort }, providerOptions, maxTokens: 1 }));
    const [high, max] = [await ask("high"), await ask("max")];
    expect(high.warnings).toEqual([]);
    expect(max.warnings).toMatchObject([{ type: "changed", parameter: "reasoning.effort" }]);
    // The prompt says it: "Reasoning: high".
    const usual = await backend.generate(asked({ model: "chat", providerOptions, maxTokens: 1 }));
    expect(high.usage.inputTokens.total! - usual.usage.inputTokens.total!).toBe("high".length - "medium".length);
    expect(max.usage.inputTokens.total).toBe(high.usage.inputTokens.total);
  });
});
