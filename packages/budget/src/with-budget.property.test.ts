import { isLLMError, LLMError } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { isBudgetExceeded } from "./budget-exceeded-error.js";
import { memoryStore } from "./memory-store.js";
import { ask, usageOf } from "./testing/calls.js";
import { withBudget } from "./with-budget.js";

const ESTIMATE = 50;
const tag = fc.constantFrom("a", "b", "c");
const call = fc.record({
  tags: fc.uniqueArray(tag, { minLength: 1 }),
  used: fc.nat(ESTIMATE),
  how: fc.constantFrom("generate", "stream", "fails", "is refused", "cached"),
});

it("overruns no limit, whatever calls are under way at once and in which order they end, and loses and doubles nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 0, max: 400 }),
      fc.array(call, { maxLength: 30 }),
      async (scheduler, limit, calls) => {
        const expected: Record<string, number> = { a: 0, b: 0, c: 0 };
        const tags = Object.keys(expected);
        const check = async (): Promise<void> => {
          for (const { spent, reserved } of await llm.status({ tags }))
            expect(spent + reserved).toBeLessThanOrEqual(limit);
        };
        const backend = mockBackend(async ({ user }) => {
          await scheduler.schedule(Promise.resolve());
          await check();
          const { how, used } = calls[Number(user)]!;
          if (how === "is refused") return new LLMError({ kind: "rate-limit", message: "slow down" });
          if (how === "fails") return new LLMError({ kind: "malformed-response", message: "?", text: "" });
          return { text: "Hi", usage: usageOf(used, 0), ...(how === "cached" && { result: { cachedAt: new Date() } }) };
        });
        const llm = withBudget(backend, {
          budgets: [{ limit: { tokens: limit }, per: "tag", period: "total" }],
          estimate: () => ({ tokens: ESTIMATE }),
          store: memoryStore(),
        });
        /** @returns what the call is to be charged */
        const run = async ({ tags, used, how }: (typeof calls)[number], at: number): Promise<number> => {
          // 30 tokens of input.
          const messages = [{ role: "user" as const, content: "x".repeat(104) }];
          const request = ask({ tags }, { user: `${at}`, messages });
          try {
            if (how === "stream") for await (const { type } of llm.stream(request)) expect(type).toBeDefined();
            else await llm.generate(request);
            return how === "cached" ? 0 : used;
          } catch (error) {
            if (!isLLMError(error)) throw error;
            return isBudgetExceeded(error) || how === "is refused" ? 0 : 30;
          }
        };
        const all = Promise.all(
          calls.map(async (each, at) => {
            const charged = await run(each, at);
            for (const name of each.tags) expected[name]! += charged;
          }),
        );
        await scheduler.waitFor(all);
        await check();
        const states = await llm.status({ tags });
        expect(Object.fromEntries(states.map(({ value, spent }) => [value, spent]))).toEqual(expected);
        expect(states.map(({ reserved }) => reserved)).toEqual([0, 0, 0]);
      },
    ),
    { numRuns: 200 },
  );
});
