import { invalidOption } from "@llmux/core";
import type { LimitStore } from "./limit-store.js";
import { RedisLimiter } from "./redis-limiter.js";
import type { RedisClient } from "./redis-link.js";

export type { RedisClient };

export interface RedisLimiterOptions {
  /** Connected or to be connected; it is neither closed nor configured here. */
  client: RedisClient;
  /** Before each key. The braces keep all keys on one node of a cluster. Default `{llmux:limit}:`. */
  prefix?: string | undefined;
  /** Milliseconds that a call waits for Redis at most; when they are over, Redis is away. Default 1,000. */
  timeout?: number | undefined;
  /**
   * While Redis is away: `open` holds each process to the limits by itself, so that together they let through as many times as much as there are
   * processes; `closed` lets no call through. Default `open`.
   */
  whenAway?: "open" | "closed" | undefined;
  /** Milliseconds after which a process that is gone holds no more of `parallel`. Default 15,000. */
  lease?: number | undefined;
  /** Told when Redis goes away and when it is back. What they throw is ignored. */
  onAway?: (() => void) | undefined;
  onBack?: (() => void) | undefined;
}

/** Limits that hold for all processes together. */
export interface SharedLimiter extends LimitStore, AsyncDisposable {
  /** Ends its timers. The client stays the application's. */
  close(): Promise<void>;
}

/**
 * Counts in Redis, for all processes that go by the same one with the same prefix.
 *
 * ```ts
 * const llm = withLimit(backend, { limits, limiter: redisLimiter({ client: new Redis(url) }) });
 * ```
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function redisLimiter(options: RedisLimiterOptions): SharedLimiter {
  const { client, prefix = "{llmux:limit}:", timeout = 1000, whenAway = "open", lease = 15_000 } = options ?? {};
  if (typeof client?.eval !== "function" || typeof client.evalsha !== "function")
    throw invalidOption("client", "must have eval and evalsha, as ioredis has", typeof client);
  if (typeof prefix !== "string") throw invalidOption("prefix", "must be a text", prefix);
  if (whenAway !== "open" && whenAway !== "closed")
    throw invalidOption("whenAway", "must be open or closed", String(whenAway));
  for (const [parameter, value, least] of [
    ["timeout", timeout, 1],
    ["lease", lease, 100],
  ] as const)
    if (!(value >= least && value < 2 ** 31))
      throw invalidOption(parameter, `must be from ${least} to 2^31 ms`, String(value));
  for (const parameter of ["onAway", "onBack"] as const)
    if (options[parameter] !== undefined && typeof options[parameter] !== "function")
      throw invalidOption(parameter, "must be a function", options[parameter]);
  return new RedisLimiter({ ...options, client, prefix, timeout, whenAway, lease });
}
