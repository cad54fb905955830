/**
 * Calls a model, many at once, under a budget and a limit that it shares through Redis, each call entered in PostgreSQL, until the budget is used up.
 * Told what to do as JSON; tells its parent of all that happens.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isBudgetExceeded, withBudget } from "@llmux/budget";
import { redisStore } from "@llmux/budget/redis";
import { applyMiddleware, createLLM, isLLMError } from "@llmux/core";
import { withLedger } from "@llmux/ledger";
import { postgresLedger } from "@llmux/ledger/postgres";
import { withLimit } from "@llmux/limit";
import { redisLimiter } from "@llmux/limit/redis";
import { openai } from "@llmux/openai";
import { priceOf, withCost } from "@llmux/prices";
import { Redis } from "ioredis";
import pg from "pg";

export interface SpendingJob {
  name: string;
  redis: string;
  postgres: string;
  prefix: string;
  table: string;
  baseURL: string;
  /** Calls at once. */
  inFlight: number;
  usd: number;
  requests: number;
  window: number;
}

export type Told =
  | { type: "answered"; session: string }
  | { type: "away"; kind: string }
  /** When a call was let through, by the clock of Redis. */
  | { type: "admitted"; at: number }
  | { type: "done"; spent: number; reserved: number };

const job = JSON.parse(process.argv[2] as string) as SpendingJob;
const tell = (told: Told): void => void process.send?.(told);
const client = new Redis(job.redis, { retryStrategy: () => 100 });
client.on("error", () => {});
const pool = new pg.Pool({ connectionString: job.postgres });
const ledger = postgresLedger({ pool, table: job.table });
const limiter = redisLimiter({ client, prefix: `${job.prefix}limit:`, timeout: 5000 });
const take = limiter.take.bind(limiter);
limiter.take = async (calls, waiting) => {
  const answers = await take(calls, waiting);
  for (const answer of answers) if ("remote" in answer) tell({ type: "admitted", at: answer.remote as number });
  return answers;
};

const llm = applyMiddleware(
  createLLM({ adapters: [openai({ apiKey: "sk-test", baseURL: job.baseURL })], model: "openai/gpt-4o" }),
  (backend) => withLedger(backend, { ledger }),
  (backend) =>
    withBudget(backend, {
      budgets: [{ name: "all", limit: { usd: job.usd }, period: "total" }],
      store: redisStore({ client, prefix: `${job.prefix}budget:` }),
      model: "openai/gpt-4o",
      price: priceOf,
      lease: 2000,
      storeTimeout: 2000,
    }),
  (backend) => withLimit(backend, { limiter, limits: [{ requests: job.requests, window: job.window }] }),
  withCost,
);

let calls = 0;
await Promise.all(Array.from({ length: job.inFlight }, call));
await ledger.close();
await limiter.close();
await pool.end();
client.disconnect();
process.disconnect();

/** One after the other, until there is nothing left to be spent. */
async function call(): Promise<void> {
  for (;;) {
    const session = `${job.name}-${calls++}`;
    try {
      // A fifth of a thousand tokens and more, so that no answer costs more than it was estimated at.
      const messages = [{ role: "user" as const, content: `Why is the sky blue? ${"Please. ".repeat(100)}` }];
      await llm.generate({ messages, maxTokens: 50, context: { key: job.name, session } });
      tell({ type: "answered", session });
    } catch (error) {
      if (isBudgetExceeded(error)) {
        // What others hold may come back.
        if (error.reserved === 0) return tell({ type: "done", spent: error.spent, reserved: error.reserved });
        await sleep(50);
      } else if (isLLMError(error, "server")) {
        tell({ type: "away", kind: error.kind });
        await sleep(50);
      } else throw error;
    }
  }
}
