interface Timer {
  at: number;
  order: number;
  run: (() => void) | undefined;
}

/**
 * Time that passes only when nothing is left to do: it stands in for the global timers and clocks, and jumps from one timer to the next. Before each
 * jump every promise has had its turn.
 */
export class VirtualClock {
  /** Milliseconds since the beginning. */
  now = 0;
  /** What `Date.now()` says at the beginning. */
  readonly #epoch = Date.UTC(2026, 0, 1);
  readonly #heap: Timer[] = [];
  #order = 0;

  /** Replaces the globals of this thread. @returns puts them back */
  install(): () => void {
    const { setTimeout, clearTimeout } = globalThis;
    const dateNow = Date.now;
    const performanceNow = performance.now;
    globalThis.setTimeout = ((run: (...args: unknown[]) => void, wait = 0, ...args: unknown[]) =>
      this.#add(() => run(...args), wait)) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((timer: Timer | undefined) => {
      // It stays in the heap until its time: cheaper than to look for it.
      if (timer) timer.run = undefined;
    }) as typeof clearTimeout;
    Date.now = () => this.#epoch + this.now;
    performance.now = () => this.now;
    return () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      Date.now = dateNow;
      performance.now = performanceNow;
    };
  }

  /** Lets time pass until `done` says so, or no timer is left. */
  run(done: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          let timer = this.#take();
          while (timer && !timer.run) timer = this.#take();
          if (!timer || done()) {
            resolve();
            return;
          }
          this.now = timer.at;
          timer.run!();
          // Node runs all promises' turns between two immediates.
          setImmediate(step);
        } catch (error) {
          reject(error);
        }
      };
      setImmediate(step);
    });
  }

  #add(run: () => void, wait: number): Timer {
    const timer = { at: this.now + Math.max(0, wait), order: this.#order++, run };
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
    return timer;
  }

  #take(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
