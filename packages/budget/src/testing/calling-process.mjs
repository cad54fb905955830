// Makes calls until a budget refuses them, and says what each has used, for a test that kills it.
// What is built, since Node runs it as it is: node calling-process.mjs <store> <url> <prefix or table> <lease>
import { isBudgetExceeded, withBudget } from "@llmux/budget";
import { mockBackend } from "@llmux/testkit";

const [, , kind, url, place, lease] = process.argv;
let store;
if (kind === "redis") {
  const [{ redisStore }, { Redis }] = [await import("@llmux/budget/redis"), await import("ioredis")];
  store = redisStore({ client: new Redis(url), prefix: place });
} else {
  const [{ postgresStore }, { Pool }] = [await import("@llmux/budget/postgres"), (await import("pg")).default];
  store = postgresStore({ pool: new Pool({ connectionString: url, max: 4 }), table: place });
}

/** At most what a call is estimated at, so that nothing may go over the limit: 10 of input and 40 of output. */
const backend = mockBackend(async ({ user }) => {
  if (user === "hangs") await new Promise(() => {});
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  const inputTokens = { total: 5 + Math.floor(Math.random() * 6) };
  return { text: "Hi", usage: { inputTokens, outputTokens: { total: Math.floor(Math.random() * 41) } } };
});
const llm = withBudget(backend, {
  budgets: [
    { name: "all", limit: { tokens: 20_000 }, period: "total" },
    { name: "half", limit: { tokens: 15_000 }, per: "key", period: "total" },
  ],
  store,
  estimate: () => ({ tokens: 50 }),
  lease: Number(lease),
  // A busy machine is not a store that is away.
  storeTimeout: 20_000,
});
const request = { model: "m", messages: [{ role: "user", content: "Hi" }], context: { key: "k" } };

async function callWithoutEnd(count) {
  for (;;) {
    try {
      if (count++ % 3 > 0) process.send({ used: tokensOf(await llm.generate(request)) });
      else {
        for await (const event of llm.stream(request))
          if (event.type === "finish") process.send({ used: tokensOf(event) });
      }
    } catch (error) {
      if (!isBudgetExceeded(error)) throw error;
      process.send({ refusedBy: error.budget });
      return;
    }
  }
}

function tokensOf({ usage }) {
  return usage.inputTokens.total + usage.outputTokens.total;
}

void llm.generate({ ...request, user: "hangs" });
await Promise.all(Array.from({ length: 8 }, (_, at) => callWithoutEnd(at)));
process.send({ done: true });
// The call that hangs goes on, and so does its lease.
setInterval(() => {}, 1000);
