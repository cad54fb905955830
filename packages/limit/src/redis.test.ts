import { describeWith } from "@llmux/test-support";
import { afterEach, expect, it } from "vitest";
import { redisLimiter } from "./redis.js";
import { alternating } from "./testing/alternating.js";
import { limiterSuite } from "./testing/limiter-suite.js";
import { RedisSpace } from "./testing/redis-space.js";

it.each<[string, object]>([
  ["client", { client: { eval: async () => [] } }],
  ["prefix", { prefix: 5 }],
  ["timeout", { timeout: 0 }],
  ["whenAway", { whenAway: "fail" }],
  ["lease", { lease: 99 }],
  ["onAway", { onAway: true }],
  ["onBack", { onBack: 5 }],
])("refuses an option that makes no sense: %s", (parameter, options) => {
  const client = { eval: async () => [], evalsha: async () => [] };
  expect(() => redisLimiter({ client, ...options })).toThrow(
    expect.objectContaining({ kind: "invalid-request", parameter }),
  );
});

await describeWith(["redis"], "in Redis", () => {
  const spaces: RedisSpace[] = [];
  afterEach(async () => {
    for (const space of spaces.splice(0)) await space[Symbol.asyncDispose]();
  });

  // Between two processes, so that what Redis says counts, and not only what a process knows itself.
  limiterSuite(
    () => {
      const space = new RedisSpace();
      spaces.push(space);
      return alternating(space.limiter(), space.limiter());
    },
    (taken) => (taken as { remote?: number }).remote!,
  );
});
