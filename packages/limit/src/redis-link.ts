import { deadline } from "@llmux/core";
import { SCRIPT } from "./redis-script.js";

/** What is needed of a client; ioredis has it. */
export interface RedisClient {
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  evalsha(sha: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
}

/** Milliseconds until the first look whether Redis is back, and between looks at most. */
const [SOON, RETRY] = [100, 1000];
/** Milliseconds after which a look that has no answer is given up. */
const PATIENCE = 30_000;

/** The script in Redis, asked for no longer than `timeout`. Once it has failed it is away, and not asked again until it answers. */
export class RedisLink {
  away = false;
  #sha: string | undefined;
  #probe: ReturnType<typeof setTimeout> | undefined;
  #probedAt: number | undefined;
  #closed = false;

  constructor(
    private readonly client: RedisClient,
    private readonly timeout: number,
    private readonly probeKey: string,
    private readonly onAway: () => void,
    private readonly onBack: () => void,
  ) {
    void sha1(SCRIPT).then((sha) => {
      this.#sha = sha;
    });
  }

  /** @throws as soon as it fails or takes too long; what it throws may hold the address of Redis and is not to be shown */
  async ask(what: string, keys: readonly string[], given: object): Promise<unknown> {
    try {
      return await deadline(this.#run(what, keys, given), this.timeout, `no answer for ${this.timeout} ms`);
    } catch (error) {
      this.#lost();
      throw error;
    }
  }

  close(): void {
    clearTimeout(this.#probe);
    this.#closed = true;
  }

  async #run(what: string, keys: readonly string[], given: object): Promise<unknown> {
    const args = [...keys, what, JSON.stringify(given)];
    if (this.#sha === undefined) return this.client.eval(SCRIPT, keys.length, ...args);
    try {
      return await this.client.evalsha(this.#sha, keys.length, ...args);
    } catch (error) {
      if (!String((error as Error | undefined)?.message).startsWith("NOSCRIPT")) throw error;
      return this.client.eval(SCRIPT, keys.length, ...args);
    }
  }

  #lost(): void {
    if (this.away) return;
    this.away = true;
    this.#probedAt = undefined;
    this.#lookIn(SOON);
    this.onAway();
  }

  #lookIn(wait: number): void {
    if (this.#closed) return;
    this.#probe = setTimeout(() => {
      this.#look();
      if (this.away) this.#lookIn(Math.min(RETRY, 2 * wait));
    }, wait);
    // It is no reason for a process to stay.
    (this.#probe as { unref?(): void }).unref?.();
  }

  #look(): void {
    const now = performance.now();
    // A client without connection keeps what it is asked; one question is enough.
    if (this.#probedAt !== undefined && now - this.#probedAt < PATIENCE) return;
    this.#probedAt = now;
    this.#run("probe", [this.probeKey], {}).then(
      () => {
        if (!this.away || this.#closed) return;
        clearTimeout(this.#probe);
        this.away = false;
        this.onBack();
      },
      () => {
        this.#probedAt = undefined;
      },
    );
  }
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
