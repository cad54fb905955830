import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import {
  collect,
  createLLM,
  type GenerateRequest,
  type GenerateResult,
  type LLM,
  LLMError,
  type LLMErrorInit,
} from "@llmux/core";
import {
  type AdapterBackend,
  type AdapterEvent,
  type AdapterRequest,
  type AdapterResult,
  defineAdapter,
} from "@llmux/core/adapter";
import {
  generateImage,
  generateSpeech,
  generateText,
  isStepCount,
  NoSuchModelError,
  rerank,
  streamText,
  tool,
  transcribe,
} from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromAISDK, toAISDK } from "../index.js";

(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

const usage = { inputTokens: { total: 10, cacheRead: 4, cacheWrite: 1 }, outputTokens: { total: 6, reasoning: 2 } };
const finishReason = { unified: "stop", raw: "end" } as const;
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A backend that answers as written, and keeps what it was asked. */
function scripted(
  answers: (Partial<AdapterResult> & { events?: AdapterEvent[]; fail?: LLMErrorInit })[],
  more: Partial<AdapterBackend> = {},
): { llm: LLM; asked: AdapterRequest[] } {
  const asked: AdapterRequest[] = [];
  const next = (request: AdapterRequest): (typeof answers)[number] => {
    asked.push(request);
    return answers[Math.min(asked.length, answers.length) - 1]!;
  };
  const adapter = defineAdapter<object>({
    id: "acme",
    name: "Acme",
    createBackend: () => ({
      async generate(request) {
        const { events: _, fail, ...answer } = next(request);
        if (fail) throw new LLMError(fail);
        return { content: [], finishReason, usage, response: {}, ...answer };
      },
      async *stream(request) {
        const { events = [], fail } = next(request);
        yield* events;
        if (fail) throw new LLMError(fail);
        yield { type: "finish", finishReason, usage };
      },
      ...more,
    }),
  });
  return { llm: createLLM({ adapters: [adapter()] }), asked };
}

const citation = { url: "https://x.test", title: "X", text: "said", start: 0, end: 4, raw: { cite: 1 } };
const content: AdapterResult["content"] = [
  { type: "reasoning", text: "Hm", signature: "sig", id: "r1", providerMetadata: { acme: { a: 1 } } },
  { type: "reasoning", text: "", redacted: "zzz" },
  { type: "text", text: "Look", citations: [citation], providerMetadata: { acme: { b: 2 } } },
  { type: "refusal", text: "No." },
  { type: "image", data: png, mediaType: "image/png" },
  { type: "audio", data: "UklGRg==", mediaType: "audio/wav", transcript: "Hi" },
  { type: "provider", provider: "acme", value: { type: "server_tool_use", id: "st1" } },
  { type: "tool-call", id: "c1", name: "add", input: { a: 1 }, providerMetadata: { acme: { c: 3 } } },
];
const events: AdapterEvent[] = [
  { type: "start", response: { id: "r", model: "m-1" } },
  { type: "reasoning-start", id: "a" },
  { type: "reasoning-delta", id: "a", delta: "Hm" },
  { type: "reasoning-end", id: "a", signature: "sig", itemId: "r1", providerMetadata: { acme: { a: 1 } } },
  { type: "reasoning-start", id: "b" },
  { type: "reasoning-end", id: "b", redacted: "zzz" },
  { type: "text-start", id: "c" },
  { type: "text-delta", id: "c", delta: "Lo" },
  { type: "text-delta", id: "c", delta: "ok" },
  { type: "text-end", id: "c", citations: [citation], providerMetadata: { acme: { b: 2 } } },
  { type: "refusal-start", id: "d" },
  { type: "refusal-delta", id: "d", delta: "No." },
  { type: "refusal-end", id: "d" },
  ...(content.slice(4) as AdapterEvent[]),
];
const add = tool({ inputSchema: z.object({ a: z.number() }), execute: async ({ a }) => a + 1 });
const once = { maxRetries: 0 };

/** Of a result's content what a model is to be given back of it. */
const sealed = content.map((part) => (part.type === "reasoning" ? { ...part, provider: "acme" } : part));

describe("a conversation over several steps", () => {
  it("gives the provider back all that it said, generated", async () => {
    const { llm, asked } = scripted([{ content }, { content: [{ type: "text", text: "2" }] }]);
    const result = await generateText({
      model: toAISDK(llm)("acme/m"),
      prompt: "1 + 1",
      tools: { add },
      stopWhen: isStepCount(2),
      ...once,
    });
    expect(result.text).toBe("2");
    const [first] = result.steps;
    expect(first!.reasoningText).toBe("Hm");
    expect(first!.sources).toEqual([
      { type: "source", sourceType: "url", id: "source-0", url: "https://x.test", title: "X" },
    ]);
    expect(first!.usage).toMatchObject({
      inputTokens: 10,
      inputTokenDetails: { noCacheTokens: 5, cacheReadTokens: 4, cacheWriteTokens: 1 },
      outputTokens: 6,
      outputTokenDetails: { textTokens: 4, reasoningTokens: 2 },
    });
    const history = asked[1]!.messages[1]!.content as object[];
    // The AI SDK hands generated files on as base64.
    expect(history).toEqual([
      ...sealed.slice(0, 4),
      { type: "image", data: "iVBORw0KGgo=", mediaType: "image/png" },
      ...sealed.slice(5),
    ]);
    expect(asked[1]!.messages[2]).toMatchObject({
      role: "tool",
      content: [{ toolCallId: "c1", toolName: "add", output: "2" }],
    });
  });

  it("gives the provider back all that it said, streamed", async () => {
    const end: AdapterEvent[] = [
      { type: "text-start", id: "1" },
      { type: "text-delta", id: "1", delta: "2" },
      { type: "text-end", id: "1" },
    ];
    const { llm, asked } = scripted([{ events }, { events: end }]);
    const result = streamText({
      model: toAISDK(llm)("acme/m"),
      prompt: "1 + 1",
      tools: { add },
      stopWhen: isStepCount(2),
      ...once,
    });
    expect(await result.text).toBe("2");
    expect((await result.steps)[0]!.response).toMatchObject({ id: "r", modelId: "m-1" });
    const history = asked[1]!.messages[1]!.content as { type: string; data?: unknown }[];
    expect(history.map(({ type }) => type)).toEqual(content.map(({ type }) => type));
    expect(history.filter(({ data }) => data === undefined)).toEqual(
      sealed.filter(({ type }) => type !== "image" && type !== "audio"),
    );
  });
});

describe("through both bridges", () => {
  const hi: GenerateRequest = { model: "acme/m", messages: [{ role: "user", content: "Hi" }] };
  const around = (llm: LLM): LLM =>
    createLLM({
      adapters: [fromAISDK({ prefix: "acme", provider: { languageModel: (id) => toAISDK(llm)(`acme/${id}`) } })],
    });

  it("a backend gives the same results and events", async () => {
    const { llm } = scripted([{ content, events, providerMetadata: { acme: { z: 1 } }, response: { id: "r" } }]);
    const strip = ({ warnings: _, ...result }: GenerateResult): object => result;
    expect(strip(await around(llm).generate(hi))).toEqual(strip(await llm.generate(hi)));
    const all = async (source: LLM): Promise<object[]> => {
      const collected: object[] = [];
      for await (const event of source.stream(hi)) collected.push(event);
      return collected;
    };
    expect(await all(around(llm))).toEqual(await all(llm));
  });

  it("a backend is given the same request", async () => {
    const { llm, asked } = scripted([{ content: [{ type: "text", text: "{}" }] }]);
    const request: GenerateRequest = {
      ...hi,
      messages: [
        { role: "system", content: [{ type: "text", text: "Be kind", cache: { ttl: "1h" } }] },
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image", data: png, mediaType: "image/png", detail: "low" },
          ],
        },
        { role: "assistant", content: sealed },
        {
          role: "tool",
          content: [{ type: "tool-result", toolCallId: "c1", toolName: "add", output: "2", isError: true }],
        },
      ],
      tools: [{ name: "add", description: "Adds", inputSchema: { type: "object" }, strict: true }],
      toolChoice: "required",
      parallelToolCalls: false,
      output: { schema: { type: "object" }, name: "o", strict: false },
      maxTokens: 5,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      seed: 1,
      stopSequences: ["x"],
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      reasoning: { effort: "low", budgetTokens: 9 },
      cacheKey: "k",
      user: "u",
      headers: { "x-a": "b" },
      providerOptions: { acme: { own: 1 } },
    };
    await llm.generate(request);
    await around(llm).generate(request);
    const unnamed = JSON.parse(
      JSON.stringify(asked[0], (key, value) => (key === "provider" && value === "acme" ? undefined : value)),
    );
    expect(
      JSON.parse(
        JSON.stringify(asked[1], (key, value) => (key === "provider" && value === "acme" ? undefined : value)),
      ),
    ).toEqual(unnamed);
  });

  it.each<LLMErrorInit>([
    { kind: "rate-limit", message: "slow", status: 429, retryAfter: 2_000, code: "slow", requestId: "q" },
    { kind: "content-policy", message: "no", status: 400 },
    { kind: "unsupported", message: "none", parameter: "topK" },
    { kind: "malformed-response", message: "The server's answer is not JSON", text: "<html>" },
  ])("a failure is the same: $kind", async (fail) => {
    const { llm } = scripted([{ fail, events: [{ type: "text-start", id: "1" }] }]);
    const failure = (source: LLM): Promise<LLMError> =>
      source.generate(hi).catch((error: LLMError) => error) as Promise<LLMError>;
    expect((await failure(around(llm))).toJSON()).toEqual((await failure(llm)).toJSON());
    const streamed = async (source: LLM): Promise<unknown> => {
      try {
        for await (const _ of source.stream(hi));
      } catch (error) {
        return (error as LLMError).toJSON();
      }
      return undefined;
    };
    expect(await streamed(around(llm))).toEqual(await streamed(llm));
  });
});

describe("what llmux warns of late", () => {
  it("comes through both bridges, and stands in the metadata", async () => {
    const { llm } = scripted([
      {
        events: [
          { type: "text-start", id: "1" },
          { type: "text-delta", id: "1", delta: "{'a': 1}" },
          { type: "text-end", id: "1" },
        ],
      },
    ]);
    const models = toAISDK(llm);
    const around = createLLM({
      adapters: [fromAISDK({ prefix: "acme", provider: { languageModel: (id) => models(`acme/${id}`) } })],
    });
    const request: GenerateRequest = { model: "acme/m", messages: [{ role: "user", content: "Hi" }], output: "json" };
    const mended = await collect(around.stream(request));
    expect(mended.output).toEqual({ a: 1 });
    expect(mended.warnings[0]).toEqual((await collect(llm.stream(request))).warnings[0]);
    expect(mended.warnings[0]).toMatchObject({ type: "repaired" });
  });
});

describe("a call's options", () => {
  it("leave to the provider the URLs that it is said to fetch", async () => {
    const { llm, asked } = scripted([{ content: [{ type: "text", text: "ok" }] }]);
    const model = toAISDK(llm, { supportedUrls: { "image/*": [/^https:/] } })("acme/m");
    const data = new URL("https://x.test/a.png");
    await generateText({
      model,
      messages: [{ role: "user", content: [{ type: "file", data, mediaType: "image/png" }] }],
      ...once,
    });
    expect(asked[0]!.messages[0]!.content).toEqual([{ type: "image", data, mediaType: "image/png" }]);
  });

  const options = (more: Partial<LanguageModelV4CallOptions>): LanguageModelV4CallOptions => ({
    prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    ...more,
  });

  it("name provider tools in the provider's own words", async () => {
    const { llm, asked } = scripted([{}]);
    await toAISDK(llm)("acme/m").doGenerate(
      options({
        tools: [
          { type: "provider", id: "anthropic.web_search_20250305", name: "web_search", args: { maxUses: 3 } },
          {
            type: "provider",
            id: "openai.web_search",
            name: "web_search",
            args: { filters: { allowedDomains: ["x"] } },
          },
          { type: "provider", id: "google.google_search", name: "google_search", args: {} },
        ],
      }),
    );
    expect(JSON.parse(JSON.stringify(asked[0]!.tools))).toEqual([
      {
        type: "provider",
        provider: "anthropic",
        value: { type: "web_search_20250305", name: "web_search", max_uses: 3 },
      },
      { type: "provider", provider: "openai", value: { type: "web_search", filters: { allowed_domains: ["x"] } } },
      { type: "provider", provider: "gemini", value: { googleSearch: {} } },
    ]);
  });

  it("become warnings where llmux has no word for them", async () => {
    const { llm } = scripted([{}]);
    const { warnings } = await toAISDK(llm)("acme/m").doGenerate(options({ includeRawChunks: true }));
    expect(warnings).toEqual([expect.objectContaining({ type: "unsupported", feature: "includeRawChunks" })]);
  });

  it("turn caching wishes and denied tools into llmux's words", async () => {
    const { llm, asked } = scripted([{}]);
    await toAISDK(llm)("acme/m").doGenerate({
      prompt: [
        {
          role: "system",
          content: "Long",
          providerOptions: { anthropic: { cacheControl: { type: "ephemeral", ttl: "1h" } } },
        },
        {
          role: "user",
          content: [{ type: "text", text: "Hi" }],
          providerOptions: { anthropic: { cacheControl: { type: "ephemeral" } } },
        },
        {
          role: "tool",
          content: [
            { type: "tool-result", toolCallId: "1", toolName: "a", output: { type: "execution-denied" } },
            {
              type: "tool-result",
              toolCallId: "2",
              toolName: "a",
              output: { type: "json", value: [{ type: "text", text: "x" }] },
            },
            { type: "tool-result", toolCallId: "3", toolName: "a", output: { type: "error-json", value: { code: 1 } } },
          ],
        },
      ],
    });
    expect(asked[0]!.messages).toEqual([
      { role: "system", content: [{ type: "text", text: "Long", cache: { ttl: "1h" } }] },
      { role: "user", content: [{ type: "text", text: "Hi", cache: true }] },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "1",
            toolName: "a",
            output: "The user did not allow this tool to run.",
            isError: true,
          },
          { type: "tool-result", toolCallId: "2", toolName: "a", output: '[{"type":"text","text":"x"}]' },
          { type: "tool-result", toolCallId: "3", toolName: "a", output: '{"code":1}', isError: true },
        ],
      },
    ]);
  });

  it("may drop what the provider can't do", async () => {
    const generate: AdapterBackend["generate"] = async (_, context) => {
      context.unsupported("topK", "it has none");
      return { content: [{ type: "text", text: "ok" }], finishReason, usage, response: {} };
    };
    const { llm } = scripted([{}], { generate });
    await expect(toAISDK(llm)("acme/m").doGenerate(options({ topK: 1 }))).rejects.toMatchObject({
      data: { kind: "unsupported" },
    });
    const { warnings } = await toAISDK(llm, { dropParams: true })("acme/m").doGenerate(options({ topK: 1 }));
    expect(warnings).toEqual([expect.objectContaining({ type: "unsupported", feature: "topK" })]);
  });
});

describe("the other calls", () => {
  const facts = { response: { id: "r" }, usage: { inputTokens: { total: 3 } } };
  const full = { response: {}, usage };
  const calls: Partial<AdapterBackend> = {
    rerank: async ({ documents }) => ({
      ...facts,
      ranking: documents.map((_, index) => ({ index, score: 1 - index / 10 })).toReversed(),
    }),
    speak: async ({ text }) => ({ ...full, audio: new TextEncoder().encode(`ID3${text}`), mediaType: "audio/mpeg" }),
    transcribe: async ({ audio, language }) => ({
      ...full,
      text: `${(audio as Uint8Array).length} bytes`,
      language,
      duration: 2,
      segments: [{ text: "a", start: 0, end: 2 }],
      words: [],
    }),
    generateImage: async ({ n = 1, images }) => ({
      ...full,
      images: Array.from({ length: n }, () => ({
        data: png,
        mediaType: "image/png",
        revisedPrompt: `of ${images?.length ?? 0}`,
      })),
    }),
    embed: async ({ values, dimensions = 2 }) => ({
      ...facts,
      embeddings: values.map(() => new Float32Array(dimensions)),
    }),
  };
  const wav = Uint8Array.from("RIFF____WAVE", (char) => char.charCodeAt(0));

  it("work with the AI SDK's functions", async () => {
    const models = toAISDK(scripted([{}], calls).llm);
    const { ranking } = await rerank({
      model: models.rerankingModel("acme/r"),
      query: "q",
      documents: ["a", "b"],
      ...once,
    });
    expect(ranking.map(({ originalIndex, document }) => [originalIndex, document])).toEqual([
      [1, "b"],
      [0, "a"],
    ]);
    const { audio } = await generateSpeech({ model: models.speechModel("acme/s"), text: "Hi", ...once });
    expect(new TextDecoder().decode(audio.uint8Array)).toBe("ID3Hi");
    const heard = await transcribe({
      model: models.transcriptionModel("acme/t"),
      audio: wav,
      providerOptions: { llmux: { language: "no" } },
      ...once,
    });
    expect(heard).toMatchObject({
      text: "12 bytes",
      language: "no",
      durationInSeconds: 2,
      segments: [{ startSecond: 0, endSecond: 2 }],
    });
    const { images, providerMetadata } = await generateImage({
      model: models.imageModel("acme/i"),
      prompt: "A cat",
      n: 2,
      ...once,
    });
    expect(images.map(({ mediaType }) => mediaType)).toEqual(["image/png", "image/png"]);
    expect(providerMetadata.llmux!.images[0]).toMatchObject({ revisedPrompt: "of 0" });
  });

  it("come through both bridges as they are", async () => {
    const { llm } = scripted([{}], calls);
    const inner = toAISDK(llm);
    const provider = {
      embeddingModel: (id: string) => inner.embeddingModel(`acme/${id}`),
      rerankingModel: (id: string) => inner.rerankingModel(`acme/${id}`),
      imageModel: (id: string) => inner.imageModel(`acme/${id}`),
      transcriptionModel: (id: string) => inner.transcriptionModel(`acme/${id}`),
      speechModel: (id: string) => inner.speechModel(`acme/${id}`),
    };
    const around = createLLM({ adapters: [fromAISDK({ prefix: "acme", provider })] });
    const model = "acme/m";
    expect((await around.embed({ model, values: ["a", "b"], dimensions: 3 })).embeddings).toEqual([
      new Float32Array(3),
      new Float32Array(3),
    ]);
    const ranking = { model, query: "q", documents: ["a", "b"] };
    expect((await around.rerank(ranking)).ranking).toEqual((await llm.rerank(ranking)).ranking);
    const spoken = await around.speak({ model, text: "Hi" });
    expect([spoken.mediaType, new TextDecoder().decode(spoken.audio)]).toEqual(["audio/mpeg", "ID3Hi"]);
    expect(await around.transcribe({ model, audio: wav, language: "no" })).toMatchObject({
      text: "12 bytes",
      language: "no",
      duration: 2,
      segments: [{ text: "a", start: 0, end: 2 }],
    });
    const drawn = await around.generateImage({ model, prompt: "A cat", n: 12, images: [png] });
    expect(drawn.images).toHaveLength(12);
    expect(drawn.images[0]).toMatchObject({ mediaType: "image/png", data: png });
  });

  it("that a backend lacks are models that there are not", () => {
    const { llm } = scripted([{}]);
    const { generate, stream, provider } = llm;
    const models = toAISDK({ generate, stream, provider });
    for (const kind of ["embeddingModel", "imageModel", "speechModel", "transcriptionModel", "rerankingModel"] as const)
      expect(() => models[kind]("m")).toSatisfy((run: () => unknown) => {
        try {
          run();
        } catch (error) {
          return NoSuchModelError.isInstance(error);
        }
        return false;
      });
  });
});
