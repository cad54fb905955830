import { LLMock } from "@copilotkit/aimock";
import {
  collect,
  createLLM,
  estimateTokens,
  type GenerateRequest,
  type LLM,
  type PriceCall,
  withRetry,
} from "@llmux/core";
import { openai } from "@llmux/openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isBudgetExceeded } from "./budget-exceeded-error.js";
import { withBudget } from "./with-budget.js";

const apiKey = "sk-test-0123456789abcdef";
/** Dollars for a million tokens, as OpenAI's list has them. */
const RATES: Readonly<Record<string, { input: number; output: number }>> = {
  "gpt-4o": { input: 2.5, output: 10 },
  "text-embedding-3-small": { input: 0.02, output: 0 },
};
const price: PriceCall = ({ provider, model, usage }) => {
  const rates = provider === "openai" ? RATES[model] : undefined;
  const { total: input } = usage.inputTokens;
  const output = "outputTokens" in usage ? usage.outputTokens.total : 0;
  if (!rates || input === undefined || output === undefined) return undefined;
  return { total: (input * rates.input + output * rates.output) / 1e6, source: "list" };
};
const say = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: "user", content }],
  maxTokens: 100,
  context: { key: "team" },
  ...more,
});

describe("over sockets, with the adapter for OpenAI", () => {
  const mock = new LLMock({ port: 0, chunkSize: 8 });
  let llm: LLM;
  beforeAll(async () => {
    mock.onMessage("plain", {
      content: "Because of Rayleigh scattering.",
      usage: { prompt_tokens: 40, completion_tokens: 60 },
    });
    mock.onMessage(
      "cut",
      { content: "Because of Rayleigh scattering, which is." },
      { truncateAfterChunks: 4, latency: 10 },
    );
    mock.onMessage("hang", { content: "Because of Rayleigh scattering." }, { latency: 60_000 });
    mock.onMessage("limited", {
      error: { message: "slow down", type: "requests", code: "rate_limit_exceeded" },
      status: 429,
    });
    mock.onEmbedding(/(?:)/, { embedding: [0.25, -0.5, 1] });
    await mock.start();
    llm = createLLM({ adapters: [openai({ apiKey, baseURL: `${mock.url}/v1` })], model: "openai/gpt-4o" });
  });
  afterAll(() => mock.stop());
  const budgeted = (usd: number) =>
    withBudget(withRetry(llm, { retries: 0 }), {
      budgets: [{ limit: { usd }, per: "key", period: "month" }],
      price,
      model: "openai/gpt-4o",
    });
  const purse = async (budget: ReturnType<typeof budgeted>) => {
    const [{ spent, reserved } = { spent: -1, reserved: -1 }] = await budget.status({ key: "team" });
    return { spent, reserved };
  };

  it("charges what calls and streams cost by the provider's count", async () => {
    const budget = budgeted(1);
    await budget.generate(say("plain"));
    expect(await purse(budget)).toEqual({ spent: 0.0007, reserved: 0 });
    const { usage } = await collect(budget.stream(say("plain")));
    expect(usage.outputTokens.total).toBe(60);
    expect(await purse(budget)).toEqual({ spent: 0.0014, reserved: 0 });
  });

  it("charges a cut stream, and one that is left, what came of it", async () => {
    const budget = budgeted(1);
    const cut = await collect(budget.stream(say("cut"))).catch((error: unknown) => error);
    expect(cut).toMatchObject({ kind: "connection", partial: { text: expect.stringMatching(/^Because/) } });
    const dollars = (prompt: string, text: string): number =>
      (estimateTokens(say(prompt)) * 2.5 + estimateTokens(text) * 10) / 1e6;
    const first = dollars("cut", (cut as { partial: { text: string } }).partial.text);
    expect(await purse(budget)).toEqual({ spent: expect.closeTo(first, 9), reserved: 0 });
    let seen = "";
    for await (const event of budget.stream(say("plain"))) {
      if (event.type !== "text-delta") continue;
      seen += event.delta;
      break;
    }
    expect(await purse(budget)).toEqual({ spent: expect.closeTo(first + dollars("plain", seen), 9), reserved: 0 });
  });

  it("charges a call that is aborted what it sent, and one that is refused nothing", async () => {
    const budget = budgeted(1);
    await expect(budget.generate(say("limited"))).rejects.toMatchObject({ kind: "rate-limit" });
    expect(await purse(budget)).toEqual({ spent: 0, reserved: 0 });
    const controller = new AbortController();
    const call = budget.generate(say("hang", { signal: controller.signal }));
    expect((await purse(budget)).reserved).toBeGreaterThan(0.001);
    controller.abort();
    await expect(call).rejects.toMatchObject({ kind: "aborted" });
    const { spent, reserved } = await purse(budget);
    expect([spent, reserved]).toEqual([(estimateTokens(say("hang")) * 2.5) / 1e6, 0]);
  });

  it("lets as many of a hundred at once through as the limit has room for, and asks the provider for no other", async () => {
    const [request] = [say("plain")];
    const estimate = (estimateTokens(request) * 2.5 + 1000) / 1e6;
    const budget = budgeted(estimate * 7.5);
    mock.clearRequests();
    const calls = await Promise.allSettled(Array.from({ length: 100 }, () => budget.generate(request)));
    const failed = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
    expect(failed).toHaveLength(93);
    expect(failed.every(isBudgetExceeded)).toBe(true);
    expect(mock.getRequests()).toHaveLength(7);
    expect((await purse(budget)).spent).toBeCloseTo(7 * 0.0007, 9);
    expect(JSON.stringify(failed)).not.toContain(apiKey);
  });

  it("holds embeddings to a budget, too", async () => {
    const request = { model: "openai/text-embedding-3-small", values: ["hello"], context: { key: "team" } };
    const budget = budgeted(1);
    const { usage } = await budget.embed!(request);
    expect(await purse(budget)).toEqual({ spent: (usage.inputTokens.total! * 0.02) / 1e6, reserved: 0 });
    mock.clearRequests();
    await expect(budgeted(0).embed!(request)).rejects.toMatchObject({ kind: "budget-exceeded", needed: 4e-8 });
    expect(mock.getRequests()).toEqual([]);
  });
});
