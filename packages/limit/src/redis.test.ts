import { randomUUID } from "node:crypto";
import { describeWith, SERVICES } from "@llmux/test-support";
import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type RedisLimiterOptions, redisLimiter, type SharedLimiter } from "./redis.js";
import { limiterSuite } from "./testing/limiter-suite.js";

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
  const prefix = `{test:${randomUUID()}}:`;
  let client: Redis;
  const limiters: SharedLimiter[] = [];
  let count = 0;
  const make = (options: Partial<RedisLimiterOptions> = {}): SharedLimiter => {
    const limiter = redisLimiter({ client, prefix: `${prefix}${count++}:`, timeout: 20_000, ...options });
    limiters.push(limiter);
    return limiter;
  };
  beforeEach(() => {
    client = new Redis(SERVICES.redis);
  });
  afterEach(async () => {
    for (const limiter of limiters.splice(0)) await limiter.close();
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(keys);
    client.disconnect();
  });

  limiterSuite(
    () => make(),
    (taken) => (taken as { remote?: number }).remote!,
  );
});
