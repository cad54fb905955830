/** A process of its own that meets a rate limit at deployment `a` and says so in Redis: `other-process.mjs URL PREFIX`. */
import { LLMError } from "@llmux/core";
import { Redis } from "ioredis";
// The built package: a process without a test runner can't read the sources, whose imports name files that are yet to be written.
import { balance } from "../../dist/index.js";
import { redisHealth } from "../../dist/redis.js";

const [url, prefix] = process.argv.slice(2);
const limited = async () => {
  throw new LLMError({ kind: "rate-limit", message: "slow down", retryAfter: 60_000 });
};
const llm = balance({
  deployments: [
    {
      name: "a",
      backend: {
        provider: "a",
        generate: limited,
        stream: () => ({ [Symbol.asyncIterator]: () => ({ next: limited }) }),
      },
    },
  ],
  shared: redisHealth({ client: new Redis(url), prefix }),
});
await llm.generate({ messages: [] }).catch(() => {});
process.send?.("limited");
// Its timers are no reason to stay.
setInterval(() => {}, 1000);
