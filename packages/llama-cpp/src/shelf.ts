/** Something taken from a {@link Shelf}. */
export interface Lease<T> {
  readonly value: T;
  /** Gives it back. Further calls do nothing. */
  release(): void;
}

/** Uses what was taken, and gives it back whatever happens. */
export async function held<T, R>(taken: Promise<Lease<T>>, use: (value: T) => Promise<R> | R): Promise<R> {
  const lease = await taken;
  try {
    return await use(lease.value);
  } finally {
    lease.release();
  }
}

interface Entry<T> {
  readonly made: Promise<T>;
  users: number;
}

/**
 * Keeps things that are dear to make: at most so many, and of those that nobody uses, the one used longest ago makes room. Who comes
 * when all are in use waits, and whoever comes later waits behind.
 */
export class Shelf<T> {
  readonly #limit: number;
  readonly #dispose: (value: T) => Promise<void>;
  /** The one used longest ago first. */
  readonly #entries = new Map<string, Entry<T>>();
  readonly #leaving = new Set<Promise<void>>();
  #line: Promise<unknown> = Promise.resolve();
  #wake: (() => void)[] = [];

  constructor(limit: number, dispose: (value: T) => Promise<void>) {
    this.#limit = limit;
    this.#dispose = dispose;
  }

  /**
   * What is kept under a key, made where there is none. An abort ends the wait, but not the making, which others may wait for too.
   * @throws what `make` throws, or the signal's reason
   */
  async take(key: string, make: () => Promise<T>, signal: AbortSignal): Promise<Lease<T>> {
    const admitted = this.#line.then(() => this.#admit(key, make, signal));
    this.#line = admitted.catch(() => undefined);
    const entry = await admitted;
    const lease = (value: T): Lease<T> => {
      let held = true;
      return {
        value,
        release: () => {
          if (held) this.#release(entry);
          held = false;
        },
      };
    };
    try {
      return lease(await orAborted(entry.made, signal));
    } catch (error) {
      this.#release(entry);
      throw error;
    }
  }

  /** Those that are made already. */
  async clear(): Promise<void> {
    for (const [key, entry] of this.#entries) this.#leave(key, entry);
    await Promise.all(this.#leaving);
  }

  async #admit(key: string, make: () => Promise<T>, signal: AbortSignal): Promise<Entry<T>> {
    for (;;) {
      signal.throwIfAborted();
      const known = this.#entries.get(key);
      if (known) {
        this.#entries.delete(key);
        this.#entries.set(key, known);
        known.users++;
        return known;
      }
      if (this.#entries.size < this.#limit) break;
      const idle = [...this.#entries].find(([, { users }]) => users === 0);
      if (idle) await this.#leave(...idle);
      else await orAborted(new Promise<void>((resolve) => this.#wake.push(resolve)), signal);
    }
    const entry: Entry<T> = { made: make(), users: 1 };
    this.#entries.set(key, entry);
    entry.made.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry;
  }

  #release(entry: Entry<T>): void {
    entry.users--;
    const { length } = this.#wake;
    for (const wake of this.#wake.splice(0, length)) wake();
  }

  /** Takes an entry off the shelf, and disposes of it as soon as nobody uses it. */
  #leave(key: string, entry: Entry<T>): Promise<void> {
    this.#entries.delete(key);
    const left = (async () => {
      while (entry.users > 0) await new Promise<void>((resolve) => this.#wake.push(resolve));
      const value = await entry.made.catch(() => undefined);
      if (value !== undefined) await this.#dispose(value);
    })().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
    return left;
  }
}

/** @throws the signal's reason as soon as it fires */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop!);
  }
}
