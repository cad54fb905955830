// Makes calls under limits that it shares through Redis, and tells of each: node calling-process.mjs <redis> <prefix> <limits as JSON> <calls> <ms a call>
// What is built, since Node runs it as it is. With no number of calls it makes one that never ends.
import { withLimit } from "@llmux/limit";
import { redisLimiter } from "@llmux/limit/redis";
import { Redis } from "ioredis";

const [, , url, prefix, limits, calls, takes] = process.argv;
const told = [];
const client = new Redis(url);
const limiter = redisLimiter({ client, prefix, timeout: 20_000, lease: 1500 });
const take = limiter.take.bind(limiter);
// What was taken, by the clock of Redis, which alone can say whether a limit was broken.
limiter.take = async (all, waiting) => {
  const answers = await take(all, waiting);
  for (const [place, answer] of answers.entries())
    if (!("lacking" in answer))
      told.push({ at: answer.remote, claims: all[place].map(({ kind, amount }) => [kind, amount]) });
  return answers;
};
const spans = [];
const backend = {
  provider: "mock",
  async generate({ maxTokens }) {
    const begun = performance.timeOrigin + performance.now();
    if (calls === undefined) {
      process.send("under way");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Number(takes)));
    spans.push([begun, performance.timeOrigin + performance.now()]);
    return { usage: { inputTokens: { total: maxTokens }, outputTokens: { total: undefined } } };
  },
};
const llm = withLimit(backend, {
  limits: JSON.parse(limits),
  limiter,
  estimate: ({ request }) => request.maxTokens,
  maxWait: 60_000,
});
const one = (place) => llm.generate({ messages: [], maxTokens: 1 + (place % 5), context: { key: `key-${place % 3}` } });
if (calls === undefined) await one(0);
else {
  await Promise.all(Array.from({ length: Number(calls) }, (_, place) => one(place)));
  process.send({ told, spans });
  await new Promise((resolve) => setTimeout(resolve, 100));
  client.disconnect();
  await limiter.close();
  process.disconnect();
}
