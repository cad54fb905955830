import type { LanguageModelV2, LanguageModelV2CallOptions } from "@ai-sdk/provider";
import { collect, createLLM, type GenerateRequest, type LLM } from "@llmux/core";
import { MockLanguageModelV3, MockLanguageModelV4, simulateReadableStream } from "ai/test";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromAISDK } from "../index.js";

const usage = {
  inputTokens: { total: 10, noCache: 6, cacheRead: 3, cacheWrite: 1 },
  outputTokens: { total: 5, text: 3, reasoning: 2 },
  raw: { cached: 3, reasoning: 2 },
};
const finishReason = { unified: "stop" as const, raw: "end_turn" };
type Content = Exclude<ConstructorParameters<typeof MockLanguageModelV4>[0], undefined>;

const answer = (content: unknown[], more: object = {}): object => ({
  content,
  finishReason,
  usage,
  warnings: [],
  ...more,
});
const parts = (...chunks: unknown[]): object => ({
  stream: simulateReadableStream({
    chunks: [{ type: "stream-start", warnings: [] }, ...chunks, { type: "finish", finishReason, usage }],
    initialDelayInMs: null,
    chunkDelayInMs: null,
  }),
  response: { headers: { "x-request-id": "req_1" } },
});

function over(settings: { doGenerate?: object; doStream?: object }): { llm: LLM; model: MockLanguageModelV4 } {
  const model = new MockLanguageModelV4({ provider: "acme.chat", modelId: "m", ...(settings as Content) });
  return { model, llm: createLLM({ adapters: [fromAISDK({ prefix: "x", languageModel: model })], model: "x/m" }) };
}

const hi: GenerateRequest = { messages: [{ role: "user", content: "Hi" }] };

describe("a request", () => {
  it("carries every setting", async () => {
    const { llm, model } = over({ doGenerate: answer([{ type: "text", text: '{"a":1}' }]) });
    await llm.generate({
      messages: [
        { role: "system", content: "Be kind." },
        { role: "user", content: "Hi" },
      ],
      maxTokens: 9,
      temperature: 0.5,
      topP: 0.6,
      topK: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ["END"],
      seed: 4,
      reasoning: { effort: "high" },
      headers: { "x-a": "b" },
      toolChoice: { tool: "add" },
      tools: [
        { name: "add", description: "Adds", inputSchema: z.object({ a: z.number() }), strict: true },
        { type: "provider", provider: "x", value: { id: "acme.search", name: "search", args: { deep: true } } },
      ],
      output: { schema: z.object({ a: z.number() }), name: "sum", description: "A sum" },
      providerOptions: { x: { own: 1 }, other: { theirs: 2 } },
    });
    const { abortSignal, ...call } = model.doGenerateCalls[0]!;
    expect(abortSignal).toBeInstanceOf(AbortSignal);
    const schema = expect.objectContaining({ type: "object", properties: { a: { type: "number" } } });
    expect(call).toEqual({
      prompt: [
        { role: "system", content: "Be kind." },
        { role: "user", content: [{ type: "text", text: "Hi" }] },
      ],
      maxOutputTokens: 9,
      temperature: 0.5,
      topP: 0.6,
      topK: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ["END"],
      seed: 4,
      reasoning: "high",
      headers: { "x-a": "b" },
      toolChoice: { type: "tool", toolName: "add" },
      tools: [
        { type: "function", name: "add", description: "Adds", inputSchema: schema, strict: true },
        { type: "provider", id: "acme.search", name: "search", args: { deep: true } },
      ],
      responseFormat: { type: "json", schema, name: "sum", description: "A sum" },
      providerOptions: { acme: { own: 1 }, other: { theirs: 2 } },
    });
  });

  it("carries a conversation of every kind of part", async () => {
    const { llm, model } = over({ doGenerate: answer([{ type: "text", text: "ok" }]) });
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    await llm.generate({
      messages: [
        { role: "system", content: [{ type: "text", text: "Long.", cache: { ttl: "1h" } }] },
        {
          role: "user",
          content: [
            { type: "text", text: "Look", cache: true },
            { type: "image", data: png, detail: "low" },
            { type: "image", data: "https://x.test/a.png" },
            { type: "file", data: "data:application/pdf;base64,JVBERi0=", filename: "a.pdf" },
            { type: "file", data: { fileId: "file_1" }, mediaType: "application/pdf" },
            { type: "audio", data: "UklGRgAAAABXQVZF", mediaType: "audio/wav" },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "Hm", providerMetadata: { acme: { signature: "s1" } }, signature: "s1" },
            { type: "reasoning", text: "", redacted: "zzz" },
            { type: "text", text: "Let me see", providerMetadata: { acme: { itemId: "i1" } } },
            { type: "tool-call", id: "c1", name: "look", input: { at: "it" } },
            { type: "tool-call", id: "c2", name: "look", input: undefined, inputText: "{oops" },
            {
              type: "provider",
              provider: "x",
              value: {
                type: "tool-call",
                toolCallId: "p1",
                toolName: "search",
                input: '{"q":1}',
                providerExecuted: true,
              },
            },
            {
              type: "provider",
              provider: "x",
              value: { type: "tool-result", toolCallId: "p1", toolName: "search", result: [1] },
            },
            {
              type: "provider",
              provider: "x",
              value: { type: "custom", kind: "acme.block", providerMetadata: { acme: { a: 1 } } },
            },
          ],
        },
        {
          role: "tool",
          content: [
            { type: "tool-result", toolCallId: "c1", output: { found: 1 } },
            { type: "tool-result", toolCallId: "c2", output: "No JSON", isError: true },
            {
              type: "tool-result",
              toolCallId: "c3",
              toolName: "shot",
              output: [
                { type: "text", text: "Here" },
                { type: "image", data: png },
              ],
            },
          ],
        },
      ],
    });
    expect(model.doGenerateCalls[0]!.prompt).toEqual([
      {
        role: "system",
        content: "Long.",
        providerOptions: { acme: { cacheControl: { type: "ephemeral", ttl: "1h" } } },
      },
      {
        role: "user",
        content: [
          { type: "text", text: "Look", providerOptions: { acme: { cacheControl: { type: "ephemeral" } } } },
          {
            type: "file",
            mediaType: "image/png",
            data: { type: "data", data: png },
            providerOptions: { acme: { imageDetail: "low" } },
          },
          { type: "file", mediaType: "image/*", data: { type: "url", url: new URL("https://x.test/a.png") } },
          { type: "file", mediaType: "application/pdf", data: { type: "data", data: "JVBERi0=" }, filename: "a.pdf" },
          { type: "file", mediaType: "application/pdf", data: { type: "reference", reference: { acme: "file_1" } } },
          { type: "file", mediaType: "audio/wav", data: { type: "data", data: "UklGRgAAAABXQVZF" } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm", providerOptions: { acme: { signature: "s1" } } },
          { type: "reasoning", text: "", providerOptions: { acme: { redactedData: "zzz" } } },
          { type: "text", text: "Let me see", providerOptions: { acme: { itemId: "i1" } } },
          { type: "tool-call", toolCallId: "c1", toolName: "look", input: { at: "it" } },
          { type: "tool-call", toolCallId: "c2", toolName: "look", input: "{oops" },
          { type: "tool-call", toolCallId: "p1", toolName: "search", input: { q: 1 }, providerExecuted: true },
          { type: "tool-result", toolCallId: "p1", toolName: "search", output: { type: "json", value: [1] } },
          { type: "custom", kind: "acme.block", providerOptions: { acme: { a: 1 } } },
        ],
      },
      {
        role: "tool",
        content: [
          { type: "tool-result", toolCallId: "c1", toolName: "look", output: { type: "text", value: '{"found":1}' } },
          { type: "tool-result", toolCallId: "c2", toolName: "look", output: { type: "error-text", value: "No JSON" } },
          {
            type: "tool-result",
            toolCallId: "c3",
            toolName: "shot",
            output: {
              type: "content",
              value: [
                { type: "text", text: "Here" },
                { type: "file", mediaType: "image/png", data: { type: "data", data: png } },
              ],
            },
          },
        ],
      },
    ]);
  });

  it("refuses what the AI SDK has no word for, or drops it with a warning", async () => {
    const { llm } = over({ doGenerate: answer([{ type: "text", text: "ok" }]) });
    await expect(llm.generate({ ...hi, user: "u" })).rejects.toMatchObject({ kind: "unsupported", parameter: "user" });
    const named: GenerateRequest = { messages: [{ role: "user", name: "Ann", content: "Hi" }] };
    await expect(llm.generate(named)).rejects.toMatchObject({ kind: "unsupported", parameter: "messages.name" });
    const foreign: GenerateRequest = {
      messages: [{ role: "assistant", content: [{ type: "provider", provider: "other", value: {} }] }],
    };
    await expect(llm.generate(foreign)).rejects.toMatchObject({ kind: "unsupported", parameter: "messages" });
    const dropped = await llm.generate({ ...hi, cacheKey: "k", parallelToolCalls: false, dropParams: true });
    expect(dropped.warnings.map(({ type, parameter }) => [type, parameter])).toEqual([
      ["dropped", "cacheKey"],
      ["dropped", "parallelToolCalls"],
    ]);
  });

  it("says in the provider's own words what it knows of them", async () => {
    const model = new MockLanguageModelV4({
      provider: "anthropic.messages",
      modelId: "m",
      doGenerate: answer([{ type: "text", text: "ok" }]) as never,
    });
    const llm = createLLM({ adapters: [fromAISDK({ prefix: "claude", languageModel: model })], model: "claude/m" });
    await llm.generate({
      ...hi,
      user: "u",
      parallelToolCalls: false,
      reasoning: { budgetTokens: 2048 },
      providerOptions: { anthropic: { sendReasoning: false }, claude: { disableParallelToolUse: false } } as never,
    });
    expect(model.doGenerateCalls[0]!.providerOptions).toEqual({
      anthropic: {
        metadata: { userId: "u" },
        disableParallelToolUse: false,
        thinking: { type: "enabled", budgetTokens: 2048 },
        sendReasoning: false,
      },
    });
  });
});

const source = { type: "source", sourceType: "url", id: "s1", url: "https://x.test", title: "X" };
const called = { type: "tool-call", toolCallId: "c1", toolName: "add", input: '{"a":1}' };
const content = [
  { type: "reasoning", text: "Hm", providerMetadata: { acme: { signature: "sig" } } },
  source,
  { type: "text", text: "Look", providerMetadata: { acme: { itemId: "i" } } },
  { type: "file", mediaType: "image/png", data: { type: "data", data: "iVBORw0KGgo=" } },
  { ...called, providerMetadata: { acme: { thoughtSignature: "t" } } },
  { type: "tool-call", toolCallId: "p1", toolName: "search", input: "{}", providerExecuted: true },
  { type: "tool-result", toolCallId: "p1", toolName: "search", result: [1] },
];
const stream = [
  { type: "response-metadata", id: "r1", modelId: "m-1", timestamp: new Date(0) },
  { type: "reasoning-start", id: "1" },
  { type: "reasoning-delta", id: "1", delta: "H" },
  { type: "reasoning-delta", id: "1", delta: "m" },
  { type: "reasoning-end", id: "1", providerMetadata: { acme: { signature: "sig" } } },
  source,
  { type: "text-start", id: "1", providerMetadata: { acme: { itemId: "i" } } },
  { type: "raw", rawValue: {} },
  { type: "text-delta", id: "1", delta: "Lo" },
  { type: "text-delta", id: "1", delta: "ok" },
  { type: "text-end", id: "1" },
  content[3],
  { type: "tool-input-start", id: "c1", toolName: "add" },
  { type: "tool-input-delta", id: "c1", delta: '{"a":' },
  { type: "tool-input-delta", id: "c1", delta: "1}" },
  { type: "tool-input-end", id: "c1" },
  content[4],
  { type: "tool-input-start", id: "p1", toolName: "search", providerExecuted: true },
  { type: "tool-input-delta", id: "p1", delta: "{}" },
  { type: "tool-input-end", id: "p1" },
  content[5],
  { ...content[6], result: [0], preliminary: true },
  content[6],
];

describe("an answer", () => {
  const response = { id: "r1", modelId: "m-1", timestamp: new Date(0), headers: { "x-request-id": "req_1" } };
  const llmOf = (): LLM =>
    over({
      doGenerate: answer(content, { response, providerMetadata: { acme: { z: 1 } } }),
      doStream: parts(...stream),
    }).llm;

  it("is read with all its parts", async () => {
    const result = await llmOf().generate(hi);
    expect(result.content).toEqual([
      {
        type: "reasoning",
        text: "Hm",
        signature: "sig",
        provider: "x",
        providerMetadata: { acme: { signature: "sig" } },
      },
      {
        type: "text",
        text: "Look",
        citations: [{ url: "https://x.test", title: "X", raw: source }],
        providerMetadata: { acme: { itemId: "i" } },
      },
      { type: "image", data: "iVBORw0KGgo=", mediaType: "image/png" },
      {
        type: "tool-call",
        id: "c1",
        name: "add",
        input: { a: 1 },
        providerMetadata: { acme: { thoughtSignature: "t" } },
      },
      { type: "provider", provider: "x", value: content[5] },
      { type: "provider", provider: "x", value: content[6] },
    ]);
    expect(result).toMatchObject({
      finishReason: { unified: "tool-calls", raw: "end_turn" },
      usage: {
        inputTokens: { total: 10, cacheRead: 3, cacheWrite: 1 },
        outputTokens: { total: 5, reasoning: 2 },
        raw: { cached: 3 },
      },
      response: { id: "r1", model: "m-1", createdAt: new Date(0), requestId: "req_1" },
      providerMetadata: { acme: { z: 1 } },
    });
  });

  it("is the same streamed", async () => {
    const llm = llmOf();
    const { providerMetadata: _, ...whole } = await llm.generate(hi);
    expect(await collect(llm.stream(hi))).toEqual(whole);
  });

  it("holds citations where the model gives them, each source once", async () => {
    const citations = [{ source, startIndex: 0, endIndex: 4, citedText: "said" }];
    const cited = { type: "text", text: "Look", citations };
    const { llm } = over({
      doGenerate: answer([cited, source]),
      doStream: parts(
        source,
        { type: "text-start", id: "1" },
        { type: "text-delta", id: "1", delta: "Look" },
        { type: "text-end", id: "1", citations },
      ),
    });
    const wanted = [{ url: "https://x.test", title: "X", text: "said", start: 0, end: 4, raw: citations[0] }];
    expect((await llm.generate(hi)).content).toMatchObject([{ citations: [wanted[0], {}] }]);
    expect((await collect(llm.stream(hi))).content).toEqual([{ type: "text", text: "Look", citations: wanted }]);
  });

  it("keeps a source that no text is near", async () => {
    const { llm } = over({ doGenerate: answer([source]) });
    expect((await llm.generate(hi)).providerMetadata).toEqual({ x: { sources: [source] } });
  });

  it("has its warnings in llmux's words", async () => {
    const warnings = [
      { type: "unsupported", feature: "topK", details: "no topK" },
      { type: "compatibility", feature: "seed" },
      { type: "deprecated", setting: "old", message: "use new" },
      { type: "other", message: "mind" },
    ];
    const { llm } = over({ doGenerate: answer([{ type: "text", text: "ok" }], { warnings }) });
    expect((await llm.generate(hi)).warnings).toEqual([
      { type: "dropped", parameter: "topK", message: "no topK" },
      { type: "changed", parameter: "seed", message: "seed is only done in part" },
      { type: "other", parameter: "old", message: "use new" },
      { type: "other", message: "mind" },
    ]);
  });

  it("gives the text that the model calls its structured output", async () => {
    const both = [
      { type: "text", text: "Draft" },
      { type: "text", text: '{"a":1}' },
    ];
    const { llm } = over({ doGenerate: answer(both, { structuredOutputText: '{"a":1}' }) });
    const result = await llm.generate({ ...hi, output: "json" });
    expect(result.output).toEqual({ a: 1 });
    expect(result.warnings).toEqual([expect.objectContaining({ type: "other", parameter: "output" })]);
  });
});

describe("a stream", () => {
  it("that is left cancels the model's, and an abort reaches it", async () => {
    let cancelled = false;
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue({ type: "text-delta", id: "1", delta: "a" });
      },
      cancel() {
        cancelled = true;
      },
    });
    const { llm, model } = over({ doStream: { stream: endless } });
    for await (const event of llm.stream(hi)) if (event.type === "text-delta") break;
    expect(model.doStreamCalls[0]!.abortSignal!.aborted).toBe(true);
    await expect.poll(() => cancelled).toBe(true);
  });

  it.each([
    { unified: "interrupted", raw: undefined },
    { unified: "other", raw: undefined },
  ])("that ends without a reason is broken: %j", async (reason) => {
    const chunks = [
      { type: "text-delta", id: "1", delta: "Hal" },
      { type: "finish", finishReason: reason, usage },
    ];
    const { llm } = over({
      doStream: { stream: simulateReadableStream({ chunks, chunkDelayInMs: null, initialDelayInMs: null }) },
    });
    await expect(collect(llm.stream(hi))).rejects.toMatchObject({
      kind: "connection",
      retryable: true,
      partial: { text: "Hal" },
    });
  });

  it("that ends without a finish is broken", async () => {
    const chunks = [{ type: "text-delta", id: "1", delta: "Hal" }];
    const { llm } = over({
      doStream: { stream: simulateReadableStream({ chunks, chunkDelayInMs: null, initialDelayInMs: null }) },
    });
    await expect(collect(llm.stream(hi))).rejects.toMatchObject({ kind: "connection" });
  });
});

describe("a model of an older specification", () => {
  const v2usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15, reasoningTokens: 2, cachedInputTokens: 3 };
  const asked: GenerateRequest = {
    messages: [
      {
        role: "user",
        content: [
          { type: "image", data: "https://x.test/a.png" },
          { type: "file", data: "JVBERi0=" },
        ],
      },
      { role: "assistant", content: [{ type: "tool-call", id: "c1", name: "shot", input: {} }] },
      {
        role: "tool",
        content: [{ type: "tool-result", toolCallId: "c1", output: [{ type: "image", data: "iVBORw0KGgo=" }] }],
      },
    ],
    tools: [{ type: "provider", provider: "x", value: { id: "acme.search", name: "search" } }],
  };
  const prompt = (media: object): object[] => [
    {
      role: "user",
      content: [
        { type: "file", mediaType: "image/*", data: new URL("https://x.test/a.png") },
        { type: "file", mediaType: "application/pdf", data: "JVBERi0=" },
      ],
    },
    { role: "assistant", content: [{ type: "tool-call", toolCallId: "c1", toolName: "shot", input: {} }] },
    {
      role: "tool",
      content: [
        { type: "tool-result", toolCallId: "c1", toolName: "shot", output: { type: "content", value: [media] } },
      ],
    },
  ];

  it("v2", async () => {
    const v2answer = {
      content: [{ type: "file", mediaType: "image/png", data: "iVBORw0KGgo=" }],
      finishReason: "stop",
      usage: v2usage,
      warnings: [{ type: "unsupported-setting", setting: "topK" }],
    };
    const finish = (finishReason: string): object => ({
      stream: simulateReadableStream({
        chunks: [
          { type: "file", mediaType: "image/png", data: "iVBORw0KGgo=" },
          { type: "finish", finishReason, usage: v2usage },
        ],
        chunkDelayInMs: null,
        initialDelayInMs: null,
      }),
    });
    let doStream = finish("stop");
    const calls: LanguageModelV2CallOptions[] = [];
    const model = {
      specificationVersion: "v2",
      modelId: "m",
      provider: "acme",
      supportedUrls: {},
      async doGenerate(options: LanguageModelV2CallOptions) {
        calls.push(options);
        return v2answer;
      },
      doStream: async () => doStream,
    } as unknown as LanguageModelV2;
    const llm = createLLM({ adapters: [fromAISDK({ prefix: "x", languageModel: model })], model: "x/m" });
    const result = await llm.generate(asked);
    expect(result.content).toEqual([{ type: "image", data: "iVBORw0KGgo=", mediaType: "image/png" }]);
    expect(result).toMatchObject({
      finishReason: { unified: "stop", raw: "stop" },
      usage: { inputTokens: { total: 10, cacheRead: 3 }, outputTokens: { total: 5, reasoning: 2 } },
      warnings: [{ type: "dropped", parameter: "topK" }],
    });
    const call = calls[0]!;
    expect(call.prompt).toEqual(prompt({ type: "media", data: "iVBORw0KGgo=", mediaType: "image/png" }));
    expect(call.tools).toEqual([{ type: "provider-defined", id: "acme.search", name: "search", args: {} }]);
    const { warnings: _, ...whole } = result;
    expect(await collect(llm.stream(asked))).toEqual({ ...whole, warnings: [] });
    doStream = finish("unknown");
    await expect(collect(llm.stream(asked))).rejects.toMatchObject({ kind: "connection" });
    await expect(llm.generate({ ...hi, reasoning: { effort: "low" } })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "reasoning.effort",
    });
  });

  it("v3", async () => {
    const model = new MockLanguageModelV3({
      modelId: "m",
      provider: "acme",
      doGenerate: answer([{ type: "file", mediaType: "audio/wav", data: "UklG" }]) as never,
    });
    const llm = createLLM({ adapters: [fromAISDK({ prefix: "x", languageModel: model })], model: "x/m" });
    const result = await llm.generate(asked);
    expect(result.content).toEqual([{ type: "audio", data: "UklG", mediaType: "audio/wav" }]);
    expect(model.doGenerateCalls[0]!.prompt).toEqual(
      prompt({ type: "image-data", data: "iVBORw0KGgo=", mediaType: "image/png" }),
    );
    const file: GenerateRequest = {
      messages: [{ role: "user", content: [{ type: "file", data: { fileId: "f" }, mediaType: "application/pdf" }] }],
    };
    await expect(llm.generate(file)).rejects.toMatchObject({ kind: "unsupported", parameter: "messages" });
  });

  it("of none that is known is refused", async () => {
    const model = { specificationVersion: "v1", provider: "acme", modelId: "m" };
    const llm = createLLM({ adapters: [fromAISDK({ prefix: "x", languageModel: model as never })] });
    await expect(llm.generate({ ...hi, model: "x/m" })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "model",
    });
  });
});

describe("a model's name", () => {
  it("that a single model has not is not found", async () => {
    const { llm } = over({});
    await expect(llm.generate({ ...hi, model: "x/other" })).rejects.toMatchObject({
      kind: "not-found",
      model: "other",
    });
  });

  it("decides which calls there are", async () => {
    const { llm } = over({});
    await expect(llm.embed({ model: "x/m", values: ["a"] })).rejects.toMatchObject({ kind: "unsupported" });
  });
});
