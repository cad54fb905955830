import { collect, type GenerateRequest, type LLMBackend, type Message, type StreamEvent } from "@llmux/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LlamaCppConfig, llamaCpp, unloadModels } from "./index.js";
import { ANSWER, COUNTING, describeEngine, temporaryDirectory, writeChatModel } from "./testing/models.ts";
import { writeTinyLora, writeTinyModel } from "./testing/tiny-model.ts";

const { path: modelsDirectory, drop } = temporaryDirectory();
const backendOf = (config: LlamaCppConfig = {}): LLMBackend =>
  llamaCpp({ modelsDirectory, gpu: "cpu", threads: 1, contextSize: 512, ...config }).createBackend();
const backend = backendOf();

const why: Message[] = [{ role: "user", content: "Why?" }];
const asked = (changes: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: "chat",
  messages: why,
  ...changes,
});
/** Lets the model go on with what its last turn began. */
const begun = (words: string, changes: Partial<GenerateRequest> = {}): GenerateRequest =>
  asked({ messages: [...why, { role: "assistant", content: words }], ...changes });
/** Counts on for ever. */
const round = begun("round", { maxTokens: 400 });

/** That the bytes of these letters follow one another. */
function sequence(first: string, ...letters: string[]): Record<string, string> {
  const bytes = [...Buffer.from(letters.join(""))].map((byte) => `<0x${byte.toString(16).toUpperCase()}>`);
  return Object.fromEntries([first, ...bytes].map((token, at) => [token, bytes[at] ?? "</s>"]));
}

beforeAll(() => {
  writeChatModel(`${modelsDirectory}/chat.gguf`);
});
afterAll(async () => {
  await unloadModels();
  drop();
});

describeEngine("generate", () => {
  it("answers, and tells what it took", async () => {
    const result = await backendOf().generate(asked());
    expect(result).toMatchObject({
      text: ANSWER,
      content: [{ type: "text", text: ANSWER }],
      finishReason: { unified: "stop", raw: "eogToken" },
      usage: {
        // Three roles' marks and four letters; six words and the end.
        inputTokens: { total: 7, cacheRead: 0, cacheWrite: undefined },
        outputTokens: { total: 7, reasoning: undefined },
      },
      provider: "llama-cpp",
      model: "chat",
      response: { model: "chat.gguf" },
      warnings: [],
    });
  });

  it("computes only what is new of a conversation", async () => {
    const fresh = backendOf();
    const first = await fresh.generate(asked());
    const messages: Message[] = [...why, first.message, { role: "user", content: "Sure?" }];
    const second = await fresh.generate(asked({ messages }));
    expect(second.text).toBe(ANSWER);
    // The prompt, the six words of the reply; then "<|end|><|user|>Sure?<|end|><|assistant|>".
    expect(second.usage.inputTokens).toEqual({ total: 22, cacheRead: 13, cacheWrite: undefined });
    expect((second.usage.raw as { usedInputTokens: number }).usedInputTokens).toBe(8);
    const other = await fresh.generate(asked({ messages: [{ role: "system", content: "No." }, ...why] }));
    expect(other.usage.inputTokens).toMatchObject({ total: 12, cacheRead: 0 });
  });

  it("goes on with a turn that has begun, spaces and all", async () => {
    const { text } = await backend.generate(begun("one two"));
    expect(`one two${text}`).toBe(COUNTING);
  });

  it.each<[Partial<GenerateRequest>, string, string, string]>([
    [{ maxTokens: 3 }, "Because the air", "length", "maxTokens"],
    [{ maxTokens: 1 }, "Because", "length", "maxTokens"],
    [{ stopSequences: [" blue"] }, "Because the air scatters", "stop", "customStopTrigger"],
    [{ stopSequences: ["never", "r s"] }, "Because the ai", "stop", "customStopTrigger"],
    [{ stopSequences: [], maxTokens: 100 }, ANSWER, "stop", "eogToken"],
  ])("ends where it is told to: %j", async (limits, text, unified, raw) => {
    const result = await backend.generate(asked(limits));
    expect(result.text).toBe(text);
    expect(result.finishReason).toEqual({ unified, raw });
  });

  it("chooses the likeliest token, and by chance only where it is told to", async () => {
    const roll = async (options: Partial<GenerateRequest>): Promise<string> =>
      (await backend.generate(begun("roll", { maxTokens: 12, ...options }))).text;
    const greedy = await roll({});
    expect(new Set(greedy.match(/\d/g)).size).toBe(1);
    expect(await roll({ temperature: 0, seed: 5 })).toBe(greedy);
    const one = await roll({ temperature: 1, seed: 1 });
    expect(new Set(one.match(/\d/g)).size).toBeGreaterThan(2);
    expect(await roll({ temperature: 1, seed: 1 })).toBe(one);
    expect(await roll({ temperature: 1, seed: 2 })).not.toBe(one);
    expect(await roll({ temperature: 1, seed: 1, topK: 1 })).toBe(greedy);
    expect(await roll({ seed: 3, providerOptions: { "llama-cpp": { temperature: 1, seed: 1 } } })).toBe(one);
  });

  it("repeats itself unless that is punished", async () => {
    const faces = async (options: Partial<GenerateRequest>): Promise<number> =>
      new Set((await backend.generate(begun("roll", { maxTokens: 6, ...options }))).text.match(/\d/g)).size;
    expect(await faces({})).toBe(1);
    expect(await faces({ frequencyPenalty: 0.5 })).toBe(6);
    expect(await faces({ presencePenalty: 0.5 })).toBe(6);
    expect(await faces({ providerOptions: { "llama-cpp": { repeatPenalty: { penalty: 1.5 } } } })).toBe(6);
    expect(await faces({ frequencyPenalty: 0.5, providerOptions: { "llama-cpp": { repeatPenalty: false } } })).toBe(1);
  });

  it("counts the tokens of a prompt as it then has them", async () => {
    const messages: Message[] = [{ role: "system", content: "Be brief" }, ...why];
    const { inputTokens } = await backend.countTokens!({ model: "chat", messages });
    expect(inputTokens).toBe((await backend.generate(asked({ messages }))).usage.inputTokens.total);
    expect(inputTokens).toBe(17);
  });
});

describeEngine("stream", () => {
  it("hands over word by word", async () => {
    const events: StreamEvent[] = [];
    for await (const event of backend.stream(asked())) events.push(event);
    expect(events.map(({ type }) => type)).toEqual([
      "start",
      "text-start",
      ...ANSWER.split(" ").map(() => "text-delta"),
      "text-end",
      "finish",
    ]);
    expect(events[0]).toMatchObject({ provider: "llama-cpp", model: "chat", response: { model: "chat.gguf" } });
  });

  it.each([asked(), begun("roll", { temperature: 1, seed: 9, maxTokens: 20 }), asked({ stopSequences: ["air sc"] })])(
    "adds up to what generate gives: %#",
    async (request) => {
      const streamed = await collect(backend.stream(request));
      const whole = await backend.generate(request);
      const untimed = ({ usage, ...rest }: typeof whole): object => ({ ...rest, output: usage.outputTokens });
      expect(untimed(streamed)).toEqual(untimed(whole));
      expect(streamed.usage.inputTokens.total).toBe(whole.usage.inputTokens.total);
    },
  );

  it("stops computing when the loop is left", async () => {
    const one = backendOf({ parallel: 1 });
    let got = "";
    for await (const event of one.stream(round)) {
      if (event.type === "text-delta") got += event.delta;
      if (got.length > 20) break;
    }
    // The only sequence is free again, and holds what was computed by then: far less than 400 tokens.
    const next = await one.generate({ ...round, maxTokens: 1 });
    expect(next.finishReason.raw).toBe("maxTokens");
    expect(got).toMatch(/^( and round)+( and)?$/);
  });

  it("stops computing when it is aborted", async () => {
    const one = backendOf({ parallel: 1 });
    const leaver = new AbortController();
    const reading = (async () => {
      for await (const event of one.stream({ ...round, signal: leaver.signal }))
        if (event.type === "text-delta") leaver.abort();
    })();
    await expect(reading).rejects.toMatchObject({ kind: "aborted" });
    expect((await one.generate(asked())).text).toBe(ANSWER);
  });
});

describeEngine("a letter of several tokens", () => {
  it("comes whole", async () => {
    writeTinyModel(`${modelsDirectory}/letters.gguf`, {
      template: "{% for m in messages %}{{ m.content }}{% endfor %}",
      next: sequence("?", ..."é🌈!"),
    });
    const deltas: string[] = [];
    for await (const event of backend.stream({ model: "letters", messages: why }))
      if (event.type === "text-delta") deltas.push(event.delta);
    expect(deltas).toEqual(["é", "🌈", "!"]);
  });
});

describeEngine("a LoRA adapter", () => {
  it("changes what the model says, for the calls that ask for it", async () => {
    const model = writeTinyModel(`${modelsDirectory}/plain.gguf`, {
      words: ["yes", "no"],
      next: { a: "yes", yes: "</s>" },
    });
    // After the three special tokens come the 256 bytes, a space, and the words.
    const lora = writeTinyLora(`${modelsDirectory}/lora.bin`, { from: 3 + 97, to: 3 + 256 + 2, vocabulary: 262 });
    const template = "{% for m in messages %}{{ m.content }}{% endfor %}";
    const say = async (options: object): Promise<string> => {
      const providerOptions = { "llama-cpp": { chatWrapperSettings: { jinjaTemplate: { template } }, ...options } };
      const messages: Message[] = [{ role: "user", content: "a" }];
      return (await backend.generate({ model, messages, maxTokens: 1, providerOptions })).text;
    };
    expect(await say({})).toBe("yes");
    expect(await say({ lora })).toBe("no");
    expect(await say({ lora: { adapters: [{ filePath: lora, scale: 0.01 }] } })).toBe("yes");
    await expect(say({ lora: `${modelsDirectory}/none` })).rejects.toMatchObject({
      kind: "invalid-request",
      parameter: "providerOptions.llama-cpp.lora",
    });
  });
});

describeEngine("calls at once", () => {
  it.each([1, 2, 4])("don't mix, with %d at a time", async (parallel) => {
    const many = backendOf({ parallel });
    const starts = ["one", "two", "three", "four"].map((_, at) =>
      COUNTING.split(" ")
        .slice(0, at + 1)
        .join(" "),
    );
    const texts = await Promise.all(
      [...starts, ...starts].map(async (start) => start + (await many.generate(begun(start))).text),
    );
    expect(new Set(texts)).toEqual(new Set([COUNTING]));
  });

  it("wait for their turn in the order in which they came", async () => {
    const one = backendOf({ parallel: 1 });
    const done: number[] = [];
    await one.generate(asked());
    await Promise.all(
      [30, 1, 10, 1].map(async (maxTokens, at) => {
        await one.generate({ ...round, maxTokens });
        done.push(at);
      }),
    );
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it("leave the queue when they are aborted", async () => {
    const one = backendOf({ parallel: 1 });
    await one.generate(asked());
    const leaver = new AbortController();
    const running = one.generate({ ...round, maxTokens: 100 });
    const waiting = one.generate(asked({ signal: leaver.signal }));
    const behind = one.generate(asked());
    leaver.abort();
    await expect(waiting).rejects.toMatchObject({ kind: "aborted" });
    expect((await running).finishReason.unified).toBe("length");
    expect((await behind).text).toBe(ANSWER);
  });
});

describeEngine("the context", () => {
  const small = { providerOptions: { "llama-cpp": { contextSize: 256 } } };
  const long: Message[] = [{ role: "user", content: "x".repeat(300) }];

  it("is too small for a prompt: that is told before anything is computed", async () => {
    const failures = [
      backend.generate(asked({ messages: long, ...small })),
      collect(backend.stream(asked({ messages: long, ...small }))),
    ].map((call) => call.catch((error: unknown) => error));
    for (const failure of failures)
      expect(await failure).toMatchObject({
        kind: "context-window-exceeded",
        retryable: false,
        message: expect.stringMatching(/303 tokens, and the context holds 256/),
      });
    expect((await backend.generate(asked(small))).text).toBe(ANSWER);
  });

  it("is filled by a reply: it ends there, and nothing is dropped", async () => {
    const result = await backend.generate({ ...round, maxTokens: 1000, ...small });
    expect(result.finishReason).toEqual({ unified: "length", raw: "contextSize" });
    const { inputTokens, outputTokens } = result.usage;
    expect(inputTokens.total! + outputTokens.total!).toBe(255);
  });

  it("drops the oldest turns where that is asked for, and says so", async () => {
    const messages: Message[] = [...long, { role: "assistant", content: "x" }, { role: "user", content: "y" }];
    const shift = { providerOptions: { "llama-cpp": { contextSize: 256, contextShift: true } } };
    const result = await backend.generate(asked({ messages, ...shift }));
    expect(result.text).toBe(ANSWER);
    expect(result.warnings).toMatchObject([{ type: "truncated", parameter: "messages" }]);
    expect(result.usage.inputTokens.total).toBeUndefined();
    const on = await backend.generate({ ...round, ...shift });
    expect(on.usage.outputTokens.total).toBe(400);
  });
});

describeEngine("the chat format", () => {
  it("may be another than the file's", async () => {
    const template = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}";
    const options = { chatWrapper: "jinjaTemplate", chatWrapperSettings: { jinjaTemplate: { template } } };
    const result = await backend.generate(asked({ providerOptions: { "llama-cpp": options } }));
    expect(result.text).toBe(ANSWER);
    expect(result.usage.inputTokens.total).toBe("Why?".length + 2);
  });

  it("must exist", async () => {
    const wrong = asked({ providerOptions: { "llama-cpp": { chatWrapper: "klingon" } } });
    await expect(backend.generate(wrong)).rejects.toMatchObject({ kind: "invalid-request", message: /klingon/ });
  });

  it("may refuse a conversation", async () => {
    const template = "{{ raise_exception('roles must alternate') }}";
    const options = { chatWrapper: "jinjaTemplate", chatWrapperSettings: { jinjaTemplate: { template } } };
    await expect(backend.generate(asked({ providerOptions: { "llama-cpp": options } }))).rejects.toMatchObject({
      kind: "invalid-request",
      parameter: "providerOptions.llama-cpp.chatWrapperSettings",
      message: expect.stringContaining("roles must alternate"),
    });
  });

  it("may refuse one conversation and take another", async () => {
    const template =
      "{% if messages|length > 6 %}{{ raise_exception('too many turns') }}{% endif %}" +
      "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}";
    const providerOptions = { "llama-cpp": { chatWrapperSettings: { jinjaTemplate: { template } } } };
    const turns = [1, 2, 3, 4].flatMap<Message>((at) => [
      { role: "user", content: `${at}` },
      { role: "assistant", content: "!" },
    ]);
    await expect(backend.generate(asked({ messages: [...turns, ...why], providerOptions }))).rejects.toMatchObject({
      kind: "invalid-request",
      parameter: "messages",
      message: expect.stringContaining("too many turns"),
    });
    expect((await backend.generate(asked({ providerOptions }))).text).toBe(ANSWER);
  });

  it("is made up where the file's own is broken, with a warning", async () => {
    writeTinyModel(`${modelsDirectory}/broken-template.gguf`, { template: "{% for %}" });
    const result = await backend.generate({ model: "broken-template", messages: why, maxTokens: 1 });
    expect(result.warnings).toMatchObject([
      { type: "other", message: expect.stringMatching(/template .* can't be used/) },
    ]);
  });
});
