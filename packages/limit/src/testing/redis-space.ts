import { randomUUID } from "node:crypto";
import { SERVICES } from "@llmux/test-support";
import { Redis } from "ioredis";
import { type RedisLimiterOptions, redisLimiter, type SharedLimiter } from "../redis.js";

/** A part of Redis that one test has for itself, and the limiters that count there. */
export class RedisSpace implements AsyncDisposable {
  readonly prefix: string = `{test:${randomUUID()}}:`;
  readonly #clients: Redis[] = [];
  readonly #limiters: SharedLimiter[] = [];

  connect(url: string = SERVICES.redis): Redis {
    const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: 1 });
    client.on("error", () => {});
    this.#clients.push(client);
    return client;
  }

  /** The limiter of one process; those of one space share what they count. */
  limiter(options: Partial<RedisLimiterOptions> = {}): SharedLimiter {
    const limiter = redisLimiter({ client: this.connect(), prefix: this.prefix, timeout: 20_000, ...options });
    this.#limiters.push(limiter);
    return limiter;
  }

  keys(pattern: string = "*"): Promise<string[]> {
    return (this.#clients[0] ?? this.connect()).keys(this.prefix + pattern);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const limiter of this.#limiters) await limiter.close();
    const cleaner = this.connect();
    const keys = await cleaner.keys(`${this.prefix}*`);
    if (keys.length > 0) await cleaner.del(keys);
    for (const client of this.#clients) client.disconnect();
  }
}
