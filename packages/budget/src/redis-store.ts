import { invalidOption } from "@llmux/core";
import type { BudgetStore, HeldPurses, PurseAmount, PurseState, Refusal, Reservation } from "./budget-store.js";
import { CHARGE, READ, RENEW, RESERVE, SETTLE } from "./redis-scripts.js";

/** What is needed of a client; ioredis has it. */
export interface RedisClient {
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  evalsha(sha: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
}

export interface RedisStoreOptions {
  /** Connected or to be connected; it is neither closed nor configured here. */
  client: RedisClient;
  /**
   * Before each key. The braces keep all keys on one node of a cluster, as they must be where one call draws on several purses. Default
   * `{llmux:budget}:`.
   */
  prefix?: string | undefined;
}

/** Reservations that are renewed in one step: Redis serves nobody else meanwhile. */
const BATCH = 500;

/**
 * A store in Redis 7 or later, or what speaks its protocol and runs its scripts. Each operation is one script. Purses are gone an hour after their
 * window, those of a `total` never: let Redis evict no keys (`maxmemory-policy noeviction`), and keep its data (`appendonly yes`).
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function redisStore(options: RedisStoreOptions): BudgetStore {
  const { client, prefix = "{llmux:budget}:" } = options;
  if (typeof client?.eval !== "function" || typeof client.evalsha !== "function")
    throw invalidOption("client", "must have eval and evalsha, as ioredis has", client);
  if (typeof prefix !== "string") throw invalidOption("prefix", "must be a text", prefix);
  return new RedisStore(client, prefix);
}

class RedisStore implements BudgetStore {
  readonly #hashes = new Map<string, Promise<string>>();

  constructor(
    private readonly client: RedisClient,
    private readonly prefix: string,
  ) {}

  async reserve(id: string, wanted: readonly Reservation[], lease: number): Promise<Refusal | undefined> {
    const args = wanted.flatMap(({ amount, limit, until = "" }) => [amount, limit, until]);
    const answer = (await this.#run(RESERVE, namesOf(wanted), [id, lease, ...args])) as unknown[] | null;
    if (!answer) return undefined;
    const [at, spent, reserved] = answer.map(Number) as [number, number, number];
    return { refused: wanted[at]!.purse, spent, reserved };
  }

  async settle(id: string, used: readonly PurseAmount[]): Promise<readonly PurseState[]> {
    return statesOf(await this.#run(SETTLE, namesOf(used), [id, ...used.map(({ amount }) => amount)]));
  }

  async charge(id: string, used: readonly PurseAmount[]): Promise<void> {
    const args = used.flatMap(({ amount, until = "" }) => [amount, until]);
    await this.#run(CHARGE, namesOf(used), [id, ...args]);
  }

  async renew(held: readonly HeldPurses[], lease: number): Promise<void> {
    const pairs = held.flatMap(({ id, purses }) => purses.map((purse) => ({ id, purse })));
    for (let at = 0; at < pairs.length; at += BATCH) {
      const batch = pairs.slice(at, at + BATCH);
      await this.#run(RENEW, namesOf(batch), [lease, ...batch.map(({ id }) => id)]);
    }
  }

  async read(purses: readonly string[]): Promise<readonly PurseState[]> {
    return purses.length === 0 ? [] : statesOf(await this.#run(READ, purses, []));
  }

  /** Sends the script itself only to a node that does not have it. */
  async #run(script: string, purses: readonly string[], args: readonly (string | number)[]): Promise<unknown[]> {
    const keys = purses.flatMap((purse) => [`${this.prefix}purse:${purse}`, `${this.prefix}ids:${purse}`]);
    const sent = [keys.length, ...keys, ...args] as const;
    let hash = this.#hashes.get(script);
    if (!hash) {
      hash = sha1(script);
      this.#hashes.set(script, hash);
    }
    try {
      return (await this.client.evalsha(await hash, ...sent)) as unknown[];
    } catch (error) {
      if (!/^NOSCRIPT/.test((error as Error | null)?.message ?? "")) throw error;
      return (await this.client.eval(script, ...sent)) as unknown[];
    }
  }
}

function namesOf(all: readonly { purse: string }[]): string[] {
  return all.map(({ purse }) => purse);
}

function statesOf(answer: readonly unknown[]): PurseState[] {
  return Array.from({ length: answer.length / 2 }, (_, at) => ({
    spent: Number(answer[2 * at]),
    reserved: Number(answer[2 * at + 1]),
  }));
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
