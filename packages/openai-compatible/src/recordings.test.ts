import { type AssistantPart, collect, type LLMBackend, type StreamEvent, type TextPart } from "@llmux/core";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostConfig } from "./define-host.js";
import type { HostAdapter } from "./index.js";
import * as hosts from "./index.js";

/** The rows that the recordings of each provider are read by. */
const ROWS: Readonly<Record<string, HostAdapter | HostAdapter<never>>> = {
  anthropic: hosts.openaiCompatible,
  avian: hosts.avian,
  "bedrock-mantle": hosts.bedrockMantle as HostAdapter,
  cerebras: hosts.cerebras,
  cloudflare: hosts.cloudflare as HostAdapter,
  crusoe: hosts.crusoe,
  databricks: hosts.databricks as HostAdapter,
  deepseek: hosts.deepseek,
  gemini: hosts.geminiOpenAI,
  groq: hosts.groq,
  huggingface: hosts.huggingface,
  mistral: hosts.mistral,
  moonshot: hosts.moonshot,
  ollama: hosts.openaiCompatible,
  "openai-compatible": hosts.openaiCompatible,
  openrouter: hosts.openrouter,
  perplexity: hosts.perplexity,
  snowflake: hosts.snowflake as HostAdapter,
  together: hosts.together,
  "vercel-gateway": hosts.vercelAIGateway,
  xai: hosts.xai,
  zai: hosts.zai,
};

const all = Object.keys(ROWS).flatMap((provider) => recordings(provider, "chat", "responses", "embeddings", "models"));
const cases = all
  // Ollama's own API, which the package for it speaks.
  .filter(({ provider, api }) => !(provider === "ollama" && api === "embeddings"))
  .filter(({ expected, api }) => expected && expected.kind !== "skip" && api !== "models");
const named = cases.map((recording) => [recording.id, recording] as const);
const find = (id: string): Recording | undefined => all.find((recording) => recording.id === id);

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
});
afterAll(() => server.stop());

/** The host's own adapter, with the recorded request's path for its base URL. */
function backendFor({ provider, api, request }: Recording, config: HostConfig = {}): LLMBackend {
  const path = request.path?.replace(/\/(chat\/completions|responses|embeddings|models)$/, "") ?? "/v1";
  const adapter = ROWS[provider] as HostAdapter;
  return adapter({
    baseURL: `${server.url}${path}`,
    apiKey: "test-key-0123456789",
    api: api === "responses" ? "responses" : "chat",
    ...config,
  }).createBackend();
}

const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };

async function check(recording: Recording): Promise<void> {
  const { expected, api, wire, response } = recording;
  const backend = backendFor(recording);
  if (api === "embeddings" && expected?.kind === "result") {
    const { embeddings, usage } = await backend.embed!({ model: "m", values: ["a"] });
    expect([embeddings.length, embeddings[0]?.length]).toEqual([expected.embeddings, expected.dimensions]);
    expect(usage.inputTokens.total ?? null).toBe((expected.usage as { input: unknown } | undefined)?.input);
    const sent = (response.body as { data: { embedding: number[] }[] }).data[0]?.embedding as number[];
    expect([...(embeddings[0] as Float32Array)]).toEqual([...Float32Array.from(sent)]);
    return;
  }
  const run = wire === "sse" ? backend.stream(request) : backend.generate(request);
  expect(mismatches(await outcomeOf(run as AsyncIterable<StreamEvent>), expected!)).toEqual([]);
}

describe.skipIf(all.length === 0)("what each recording must give", () => {
  it("holds them all", () => {
    expect(new Set(cases.map(({ provider }) => provider))).toEqual(new Set(Object.keys(ROWS)));
  });

  it.each(named)("%s, however it is cut", async (_, recording) => {
    server.serve(recording);
    await check(recording);
    for (const seed of [1, 2]) {
      server.serve(recording, { seed });
      await check(recording);
    }
  });
});

describe("a stream that is cut", () => {
  const streams = named.filter(([, { wire, expected }]) => wire === "sse" && expected?.kind === "result");

  it.each(streams)("%s, before its end", async (_, recording) => {
    const bytes = wireBytes(recording);
    const last = Buffer.from(bytes).lastIndexOf("data:");
    for (const endAfter of [0, 7, bytes.length >> 2, bytes.length >> 1]) {
      server.serve(recording, { endAfter: Math.min(endAfter, last - 1) });
      const outcome = await outcomeOf(backendFor(recording).stream(request));
      expect(outcome.kind, `cut at ${endAfter}`).toBe("error");
      if (outcome.kind === "error") expect([outcome.error.kind, outcome.error.retryable]).toEqual(["connection", true]);
    }
  });
});

describe("a stream that is cut at every byte of its end, and at many before", () => {
  const short = ["groq__text-stream__01", "huggingface__tools-stream__01", "mistral__max-tokens-stream__02"]
    .concat(["gemini__tools-stream__02", "xai__text-stream__01", "snowflake__reasoning-stream__01"])
    .flatMap((id) => named.filter(([name, recording]) => name === id && wireBytes(recording).length < 8000));

  it.each(short)("%s is the whole result or an error", async (_, recording) => {
    const bytes = wireBytes(recording);
    const backend = backendFor(recording);
    server.serve(recording);
    const whole = await collect(backend.stream(request));
    let errors = 0;
    const end = bytes.length - 400;
    for (let endAfter = 0; endAfter <= bytes.length; endAfter += endAfter < end ? Math.min(29, end - endAfter) : 1) {
      server.serve(recording, { endAfter });
      const outcome = await outcomeOf(backend.stream(request));
      if (outcome.kind === "result") {
        // The end marker has come, or both the finish reason and the usage: nothing that counts follows.
        const { content, finishReason, usage } = outcome.result;
        expect({ content, finishReason }, `cut at ${endAfter}`).toEqual({
          content: whole.content,
          finishReason: whole.finishReason,
        });
        expect({ ...usage, raw: 0 }, `cut at ${endAfter}`).toEqual({ ...whole.usage, raw: 0 });
      } else {
        expect(outcome.error.kind, `cut at ${endAfter}`).toBe("connection");
        errors += 1;
      }
    }
    expect(errors).toBeGreaterThan(end / 40);
  });
});

describe("lists of models", () => {
  // Anthropic and Google list theirs in a form of their own at the path that was recorded.
  const lists = all.filter(
    ({ api, provider }) => api === "models" && provider !== "anthropic" && provider !== "gemini",
  );
  it.each(lists.map((recording) => [recording.id, recording] as const))("%s", async (_, recording) => {
    const { data } = recording.response.body as { data: { id: string }[] };
    server.serve(recording);
    const list = await backendFor(recording).listModels!();
    expect(list.map(({ id }) => id)).toEqual(data.map(({ id }) => id));
  });
});

describe("what hosts say of their own", () => {
  const collected = async (recording: Recording, config?: HostConfig): ReturnType<typeof collect> => {
    server.serve(recording);
    const backend = backendFor(recording, config);
    return recording.wire === "sse" ? collect(backend.stream(request)) : backend.generate(request);
  };

  it.each([
    ["openrouter__cache-usage__02", "openrouter"],
    ["perplexity__citations-stream__01", "perplexity"],
    ["avian__reasoning_tools-stream__01", "avian"],
    ["vercel-gateway__reasoning_tools__02", "vercel_ai_gateway"],
  ])("%s: what the call cost", async (id, host) => {
    const recording = find(id);
    if (!recording) return;
    const { providerMetadata, usage } = await collected(recording);
    const { cost } = usage.raw as { cost: number | { total_cost: number } };
    const wanted = typeof cost === "number" ? cost : cost.total_cost;
    expect(wanted).toBeGreaterThan(0);
    expect(providerMetadata?.[host]?.costUSD).toBe(wanted);
  });

  it("xAI's ticks are made dollars", async ({ skip }) => {
    const recording = find("xai__cache-usage__01");
    if (!recording) return skip("the recordings are missing");
    const { providerMetadata } = await collected(recording);
    expect(providerMetadata?.xai?.costUSD).toBeCloseTo(0.0000731, 12);
  });

  it("Perplexity's sources are the text's citations, once each however often they are sent", async ({ skip }) => {
    const recording = find("perplexity__citations-stream__01");
    if (!recording) return skip("the recordings are missing");
    const { content, providerMetadata } = await collected(recording);
    const [text] = content as readonly TextPart[];
    expect(text?.citations).toHaveLength(8);
    expect(text?.citations?.[0]).toMatchObject({
      url: "https://www.youtube.com/watch?v=gJEC9-B37KI",
      title: expect.stringContaining("Counting to 3"),
    });
    expect(providerMetadata?.perplexity?.citations).toHaveLength(8);
    expect(providerMetadata?.perplexity?.search_results).toHaveLength(8);
  });

  it("OpenRouter's annotations are citations", async ({ skip }) => {
    const recording = find("openrouter__citations__01");
    if (!recording) return skip("the recordings are missing");
    const { content } = await collected(recording);
    const text = content.find((part) => part.type === "text");
    expect(text?.citations?.[0]?.url).toMatch(/ruby-lang\.org/);
  });

  it.each([
    "openrouter__citations__01",
    "openrouter__reasoning_tools-stream__02",
    "vercel-gateway__parallel-tools__01",
  ])("%s: details of reasoning go back as they came", async (id) => {
    const recording = find(id);
    if (!recording) return;
    const { message } = await collected(recording);
    const details = (message.content as readonly AssistantPart[])
      .filter(({ type }) => type === "reasoning")
      .flatMap(({ providerMetadata }) => Object.values(providerMetadata ?? {}))
      .flatMap((own) => own?.reasoning_details as object[]);
    expect(details.length).toBeGreaterThan(0);
    const { response } = recording;
    if (recording.wire === "json") {
      const [choice] = (response.body as { choices: { message: { reasoning_details: object[] } }[] }).choices;
      expect(details).toEqual(choice?.message.reasoning_details);
    }
    await backendFor(recording)
      .generate({ ...request, messages: [...request.messages, message] })
      .catch(() => {});
    expect(server.requests.at(-1)?.body.messages.at(-1).reasoning_details).toEqual(details);
  });

  it.each(["groq__reasoning__01", "huggingface__reasoning__01"])("%s: tags are taken out on request", async (id) => {
    const recording = find(id);
    if (!recording) return;
    const { text, reasoning } = await collected(recording, { thinkTags: true });
    expect(text).not.toMatch(/think>/);
    expect(reasoning).toMatch(/^Okay, /);
    const raw = recording.expected?.text as string;
    expect(raw.replace(/<\/?think>/g, "").replace(/\s/g, "")).toBe(`${reasoning}${text}`.replace(/\s/g, ""));
  });
});
