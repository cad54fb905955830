import type { LLMErrorKind } from "@llmux/core";
import type { Outage } from "./health.js";
import { invalid } from "./settings.js";
import type { SharedHealth, SharedWatcher } from "./shared-health.js";

/** What is needed of a client; ioredis has it. */
export interface RedisClient {
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
}

export interface RedisHealthOptions {
  /** Connected or to be connected; it is neither closed nor configured here. */
  client: RedisClient;
  /** Before each key. The braces keep all keys on one node of a cluster. Default `{llmux:balance}:`. */
  prefix?: string | undefined;
  /** Milliseconds between looks at what others have told. Default 250. */
  every?: number | undefined;
}

/** Never shortens what another process has said: the longest wait that a server asked for holds for all. */
const PUBLISH = `if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;
const WITHDRAW = `redis.call('DEL', KEYS[1])`;
/** Times as what is left of them, by Redis' own clock: those of the processes need not agree. */
const READ = `local all = {}
for i, key in ipairs(KEYS) do all[2 * i - 1] = redis.call('GET', key) or ''; all[2 * i] = redis.call('PTTL', key) end
return all`;

/**
 * Cooldowns and open circuits of all processes that go by the same Redis: each looks there a few times a second. While Redis is gone each goes by what
 * it knows itself; when it is back, each says again what it knows. Calls never wait for it.
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function redisHealth(options: RedisHealthOptions): SharedHealth {
  if (typeof options.client?.eval !== "function") invalid("client", "must have eval, as ioredis has", options.client);
  const { every = 250 } = options;
  if (!(every >= 1 && every < 2 ** 31)) invalid("every", "must be from 1 to 2^31 ms", every);
  return new RedisHealth(options.client, options.prefix ?? "{llmux:balance}:", every);
}

interface Watched {
  watcher: SharedWatcher;
  /** When what was last heard ends, as `Date.now()` gives it. */
  until: number;
  /** Of what this process last said: what was read before that is old. */
  saidAt: number;
}

class RedisHealth implements SharedHealth {
  readonly #watched = new Map<string, Watched>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #reading = false;
  #gone = false;
  /** Counts what was said and read, in order. */
  #step = 0;

  constructor(
    private readonly client: RedisClient,
    private readonly prefix: string,
    private readonly every: number,
  ) {}

  watch(names: readonly string[], watcher: SharedWatcher): () => void {
    for (const name of names) this.#watched.set(name, { watcher, until: 0, saidAt: 0 });
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => void this.#look(), this.every);
      (this.#timer as { unref?(): void }).unref?.();
      void this.#look();
    }
    return () => {
      for (const name of names) if (this.#watched.get(name)?.watcher === watcher) this.#watched.delete(name);
      if (this.#watched.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  publish(name: string, outage: Outage | undefined): void {
    const watched = this.#watched.get(name);
    if (watched) {
      watched.saidAt = ++this.#step;
      watched.until = outage ? Date.now() + outage.for : 0;
    }
    // A client without connection would keep it, and say it when it no longer holds.
    if (this.#gone) return;
    const key = this.prefix + name;
    const { kind, broken } = outage ?? {};
    const said = outage
      ? this.client.eval(PUBLISH, 1, key, JSON.stringify({ kind, broken }), Math.max(1, Math.ceil(outage.for)))
      : this.client.eval(WITHDRAW, 1, key);
    said.catch(() => this.#lost());
  }

  async #look(): Promise<void> {
    // The last look still waits: the client has no connection.
    if (this.#reading) return this.#lost();
    const names = [...this.#watched.keys()];
    if (names.length === 0) return;
    this.#reading = true;
    const step = ++this.#step;
    try {
      const keys = names.map((name) => this.prefix + name);
      const all = (await this.client.eval(READ, keys.length, ...keys)) as (string | number)[];
      const back = this.#gone;
      this.#gone = false;
      for (const [at, name] of names.entries())
        this.#heard(name, String(all[2 * at]), Number(all[2 * at + 1]), step, back);
      if (back) for (const watcher of new Set([...this.#watched.values()].map((each) => each.watcher))) watcher.lost();
    } catch {
      this.#lost();
    } finally {
      this.#reading = false;
    }
  }

  #lost(): void {
    this.#gone = true;
  }

  #heard(name: string, text: string, left: number, step: number, back: boolean): void {
    const watched = this.#watched.get(name);
    if (!watched || watched.saidAt > step) return;
    const outage = left > 0 ? parse(text, left) : undefined;
    if (outage) {
      watched.until = Date.now() + left;
      watched.watcher.heard(name, outage);
      // What is gone after Redis was gone may have been lost with it; what is gone a moment before its end has ended.
    } else if (!back && watched.until > Date.now() + this.every) {
      watched.until = 0;
      watched.watcher.heard(name, undefined);
    }
  }
}

/** What others wrote may be of another version. */
function parse(text: string, left: number): Outage | undefined {
  try {
    const { kind, broken } = JSON.parse(text) as { kind?: unknown; broken?: unknown };
    return typeof kind === "string" ? { for: left, kind: kind as LLMErrorKind, broken: broken === true } : undefined;
  } catch {
    return undefined;
  }
}
