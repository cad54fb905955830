import type { Usage } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { createPrices, priceOf } from "./create-prices.js";

/** Totals with their parts in them, as core counts. */
const usage = (input: number, output = 0, parts: Partial<Usage["inputTokens"]> = {}, raw?: unknown): Usage => ({
  inputTokens: { total: input, cacheRead: undefined, cacheWrite: undefined, ...parts },
  outputTokens: { total: output, reasoning: undefined },
  raw,
});
const total = (name: string, counts: Usage, at?: Date) => {
  const slash = name.indexOf("/");
  return priceOf({ provider: name.slice(0, slash), model: name.slice(slash + 1), usage: counts, at })?.total;
};

// Worked out by hand from the prices for a million tokens that stand beside each, with the list of @pydantic/genai-prices 0.1.8. Where a page is
// named, that page of the provider's said the same in 2026: [claude] is platform.claude.com/docs/en/about-claude/pricing, [openai] a page under
// developers.openai.com/api/docs/models. The others agree with the list, and were found on no page of the provider's.
describe("prices of the list", () => {
  it.each<[name: string, counts: Usage, dollars: number]>([
    // $2.50 in, $1.25 cached, $10 out: 600 × 2.5 + 400 × 1.25 + 200 × 10 = 4000 millionths.
    ["openai/gpt-4o", usage(1000, 200, { cacheRead: 400 }), 0.004],
    ["openai/gpt-4o-2024-08-06", usage(1000, 200, { cacheRead: 400 }), 0.004],
    // $0.15, $0.075, $0.60
    ["openai/gpt-4o-mini", usage(1_000_000, 1_000_000, { cacheRead: 1_000_000 }), 0.675],
    // $2, $0.50, $8
    ["openai/gpt-4.1", usage(10_000, 1000), 0.028],
    ["openai/o3", usage(10_000, 1000, { cacheRead: 8000 }), 0.016],
    // $1.25, $0.125, $10; [openai]/gpt-5-codex has the $1.25.
    ["openai/gpt-5", usage(8000, 100), 0.011],
    // $0.02: [openai]/text-embedding-3-large, which compares the two.
    ["openai/text-embedding-3-small", usage(50_000), 0.001],
    // $3, $0.30 read, $3.75 written, $15 [claude]: 500 × 3 + 300 × 0.3 + 200 × 3.75 + 100 × 15 = 3840 millionths.
    ["anthropic/claude-sonnet-4-5", usage(1000, 100, { cacheRead: 300, cacheWrite: 200 }), 0.00384],
    // $5, $25 [claude]
    ["anthropic/claude-opus-4-5-20251101", usage(1000, 100), 0.0075],
    // $1, $5 [claude]
    ["anthropic/claude-haiku-4-5", usage(1000, 100), 0.0015],
    // $1.25, $10 up to 200,000 tokens of input; $2.50, $15 above.
    ["gemini/gemini-2.5-pro", usage(200_000, 1000), 0.26],
    ["gemini/gemini-2.5-pro", usage(200_001, 1000), 0.5150025],
    // $0.125 cached, $0.25 above.
    ["vertex_ai/gemini-2.5-pro", usage(300_000, 0, { cacheRead: 300_000 }), 0.075],
    // $0.30, $2.50, and $1 for audio.
    ["gemini/gemini-2.5-flash", usage(2000, 100), 0.00085],
    // $0.59, $0.79
    ["groq/llama-3.3-70b-versatile", usage(1_000_000, 1_000_000), 1.38],
    // $2.50, $10
    ["cohere/command-r-plus-08-2024", usage(1000, 1000), 0.0125],
  ])("%s", (name, counts, dollars) => expect(total(name, counts)).toBeCloseTo(dollars, 10));

  it("hour-long cache writes cost twice the input, five-minute ones a quarter more", () => {
    const raw = { cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 } };
    // 7000 × 3 + 1000 × 3.75 + 2000 × 6 [claude]
    expect(total("anthropic/claude-sonnet-4-6", usage(10_000, 0, { cacheWrite: 3000 }, raw))).toBeCloseTo(0.03675, 10);
    // Bedrock says it otherwise, and its list has no price for an hour: regional $3.30, $4.125 and 1.6 times that.
    const converse = {
      cacheDetails: [
        { ttl: "1h", inputTokens: 2000 },
        { ttl: "5m", inputTokens: 1000 },
      ],
    };
    const bedrock = total(
      "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      usage(10_000, 0, { cacheWrite: 3000 }, converse),
    );
    expect(bedrock).toBeCloseTo(0.0231 + 0.004125 + 0.0132, 10);
  });

  it("audio is charged as audio, and not also as text", () => {
    const raw = { prompt_tokens_details: { audio_tokens: 100 }, completion_tokens_details: { audio_tokens: 50 } };
    // $2.50 and $10 for text, $32 and $64 for audio: [openai]/gpt-audio.
    expect(total("openai/gpt-audio", usage(300, 80, {}, raw))).toBeCloseTo(
      (200 * 2.5 + 100 * 32 + 30 * 10 + 50 * 64) / 1e6,
      10,
    );
    const google = {
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 200 },
        { modality: "AUDIO", tokenCount: 100 },
      ],
    };
    expect(total("gemini/gemini-2.5-flash", usage(300, 0, {}, google))).toBeCloseTo((200 * 0.3 + 100 * 1) / 1e6, 10);
    // The list has only this model's price for text, $2.50 and $10; [openai]/gpt-4o-audio-preview has those, and $40 and $80 for audio.
    expect(total("openai/gpt-4o-audio-preview", usage(300, 80, {}, raw))).toBeUndefined();
    expect(total("openai/gpt-4o-audio-preview", usage(300, 80))).toBeCloseTo(0.00155, 10);
  });

  it("web searches and requests are in the total beside the tokens", () => {
    // Anthropic: $10 a thousand searches.
    const raw = { server_tool_use: { web_search_requests: 3 } };
    const cost = priceOf({ provider: "anthropic", model: "claude-haiku-4-5", usage: usage(1000, 100, {}, raw) });
    expect(cost).toEqual({ total: 0.0315, input: 0.001, output: 0.0005, source: "list" });
  });

  it("speech is charged by the minute", () => {
    // $0.006: [openai]/whisper-1.
    const call = { provider: "openai", model: "whisper-1", usage: usage(0) };
    expect(priceOf({ ...call, seconds: 90 })?.total).toBeCloseTo(0.009, 10);
    expect(priceOf({ ...call, usage: { ...call.usage, raw: { type: "duration", seconds: 90 } } })?.total).toBeCloseTo(
      0.009,
      10,
    );
    expect(priceOf(call)).toBeUndefined();
  });

  it("goes by the hour where the provider does", () => {
    // As the list has it. DeepSeek's own page has other models, hours and prices by now: api-docs.deepseek.com/quick_start/pricing.
    const at = (time: string) => total("deepseek/deepseek-chat", usage(1_000_000), new Date(`2026-01-05T${time}Z`));
    expect([at("12:00:00"), at("20:00:00")]).toEqual([0.27, 0.135]);
  });

  it("finds a model wherever it is", () => {
    const known = [
      "azure/gpt-4o",
      "bedrock/anthropic.claude-3-haiku-20240307-v1:0",
      "bedrock/us.meta.llama3-3-70b-instruct-v1:0",
      "bedrock/arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
      "vertex_ai/claude-sonnet-4-5@20250929",
      "vertex_ai/publishers/google/models/gemini-2.5-flash",
      "openrouter/anthropic/claude-sonnet-4.5",
      "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo",
      "huggingface/meta-llama/Llama-3.3-70B-Instruct:groq",
      "cloudflare/@cf/meta/llama-3.1-8b-instruct",
      "xai/grok-4",
      "moonshot/kimi-k2-0905-preview",
    ];
    for (const name of known) expect([name, total(name, usage(1000, 1000))]).toEqual([name, expect.any(Number)]);
    expect(total("bedrock/us.amazon.nova-lite-v1:0", usage(1e6))).toBe(0.06);
  });

  it("does not know what is not in it, nor what was not counted", () => {
    for (const name of [
      "openai/gpt-99",
      "nobody/gpt-4o",
      "constructor/gpt-4o",
      "azure/my-deployment",
      "huggingface/some/model",
    ])
      expect(total(name, usage(10, 10))).toBeUndefined();
    const uncounted = { ...usage(0), inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined } };
    expect(total("openai/gpt-4o", uncounted)).toBeUndefined();
    expect(
      total("openai/gpt-4o", { ...usage(10), outputTokens: { total: undefined, reasoning: undefined } }),
    ).toBeUndefined();
  });

  it("takes nothing for what runs on a machine of one's own", () => {
    const free = { total: 0, input: 0, output: 0, source: "list" };
    expect(priceOf({ provider: "ollama", model: "llama3.2", usage: usage(10, 10) })).toEqual(free);
    expect(priceOf({ provider: "llama-cpp", model: "any", usage: usage(10, 10) })).toEqual(free);
    expect(total("ollama/gpt-oss:120b-cloud", usage(10, 10))).toBeUndefined();
  });

  it("goes by the model that answered where the name asked for has no price", () => {
    const call = { provider: "azure", model: "my-deployment", usage: usage(1000, 0), answeredBy: "gpt-4o-2024-08-06" };
    expect(priceOf(call)?.total).toBe(0.0025);
    expect(priceOf({ ...call, model: "o3-mini" })?.total).toBeCloseTo(0.0011, 10);
  });
});

describe("what the provider reports", () => {
  const reported = (provider: string, raw: unknown) => priceOf({ provider, model: "x", usage: usage(10, 10, {}, raw) });

  it("wins, whoever reports it", () => {
    expect(reported("openrouter", { cost: 0.25 })).toEqual({ total: 0.25, source: "provider" });
    expect(reported("vercel_ai_gateway", { cost: "0.25" })).toEqual({ total: 0.25, source: "provider" });
    expect(reported("xai", { cost_in_usd_ticks: 739_000 })).toEqual({ total: 0.0000739, source: "provider" });
    const cost = { input_tokens_cost: 0.00001, output_tokens_cost: 0, request_cost: 0.005, total_cost: 0.00501 };
    expect(reported("perplexity", { cost })).toEqual({ total: 0.00501, input: 0.00001, output: 0, source: "provider" });
    const own = createPrices({ own: { "openrouter/*": { input: 1 } } });
    expect(own.priceOf({ provider: "openrouter", model: "x", usage: usage(1, 0, {}, { cost: 3 }) })?.total).toBe(3);
  });

  it("holds what the provider behind OpenRouter bills, where the key is one's own", () => {
    const raw = { cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: 0.2 } };
    expect(reported("openrouter", raw)?.total).toBeCloseTo(0.21, 10);
    expect(reported("openrouter", { cost: 0.01, is_byok: true })).toBeUndefined();
  });

  it("is no cost where it makes no sense, or is another provider's", () => {
    for (const cost of [-1, Number.NaN, "", "free", null, {}]) expect(reported("openrouter", { cost })).toBeUndefined();
    expect(reported("openai", { cost: 3 })).toBeUndefined();
  });
});

describe("prices of one's own", () => {
  const { priceOf: price } = createPrices({
    own: {
      "azure/fast": "azure/gpt-4o",
      "openai/*": { input: 1, output: 2 },
      "openai/gpt-4o*": { input: 10 },
      "openai/gpt-4o": { input: 100, output: 200 },
      "acme/tiered": {
        input: 1,
        output: 2,
        cacheWrite1h: 3,
        tiers: [
          { above: 100, input: 10 },
          { above: 1000, output: 20 },
        ],
      },
      "acme/rerank": { perThousandSearches: 2 },
      "acme/voice": { perCharacter: 0.001 },
      "acme/ear": { perMinute: 0.6 },
      "acme/eye": { perImage: 0.04 },
      "acme/flat": { perRequest: 0.5 },
    },
  });
  const of = (name: string, counts: Usage = usage(0), more = {}) =>
    price({ provider: name.split("/")[0]!, model: name.split("/")[1]!, usage: counts, ...more });

  it("take the list's place, the nearest name first", () => {
    expect(of("openai/gpt-4o", usage(1e6))).toEqual({ total: 100, input: 100, output: 0, source: "own" });
    expect(of("openai/gpt-4o-mini", usage(1e6))?.total).toBe(10);
    expect(of("openai/o3", usage(1e6, 1e6))?.total).toBe(3);
    // It names no price for output, so that nothing is known of a call with some.
    expect(of("openai/gpt-4o-mini", usage(1e6, 1))).toBeUndefined();
    expect(of("anthropic/claude-haiku-4-5", usage(1e6))).toMatchObject({ total: 1, source: "list" });
  });

  it("say which model a deployment is", () => {
    expect(of("azure/fast", usage(1e6))).toMatchObject({ total: 2.5, source: "list" });
  });

  it("rise with the length of the input, what a tier leaves out staying as it is", () => {
    expect(of("acme/tiered", usage(100, 100))?.total).toBeCloseTo(300 / 1e6, 12);
    expect(of("acme/tiered", usage(101, 100))?.total).toBeCloseTo((1010 + 200) / 1e6, 12);
    expect(of("acme/tiered", usage(1001, 100))?.total).toBeCloseTo((10_010 + 2000) / 1e6, 12);
    // Parts without a price of their own go with what they are part of.
    expect(of("acme/tiered", usage(1001, 0, { cacheRead: 1001 }))?.total).toBeCloseTo(10_010 / 1e6, 12);
  });

  it("are by the search, the character, the minute, the image, the request", () => {
    expect(
      price({ provider: "acme", model: "rerank", usage: { inputTokens: { total: undefined }, searchUnits: 3 } })?.total,
    ).toBeCloseTo(0.006, 12);
    expect(of("acme/voice", usage(0), { characters: 20 })?.total).toBeCloseTo(0.02, 12);
    expect(of("acme/ear", usage(0), { seconds: 30 })?.total).toBeCloseTo(0.3, 12);
    expect(of("acme/eye", usage(0), { images: 2 })).toEqual({ total: 0.08, input: 0, output: 0.08, source: "own" });
    expect(of("acme/flat", usage(100, 100))).toEqual({ total: 0.5, input: 0, output: 0, source: "own" });
  });

  it("must be prices", () => {
    const faulty: [own: unknown, parameter: string][] = [
      [{ "openai/x": { input: -1 } }, 'own["openai/x"].input'],
      [{ "openai/x": { output: Number.NaN } }, 'own["openai/x"].output'],
      [{ "openai/x": { inputs: 1 } }, 'own["openai/x"].inputs'],
      [{ "openai/x": {} }, 'own["openai/x"]'],
      [{ "openai/x": { input: 1, tiers: [{ above: -1 }] } }, 'own["openai/x"].tiers[0].above'],
      [{ "openai/x": "gpt-4o" }, 'own["openai/x"]'],
      [{ "openai/x": null }, 'own["openai/x"]'],
      [{ x: { input: 1 } }, 'own["x"]'],
    ];
    for (const [own, parameter] of faulty)
      expect(() => createPrices({ own } as never)).toThrow(
        expect.objectContaining({ kind: "invalid-request", parameter }),
      );
  });
});
