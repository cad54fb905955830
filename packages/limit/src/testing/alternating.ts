import type { LimitStore, Taken } from "../limit-store.js";

/** The stores of two processes that count together, each asked in turn. */
export function alternating(one: LimitStore, other: LimitStore): LimitStore {
  const owners = new WeakMap<Taken, LimitStore>();
  let turn = 0;
  return {
    async take(calls, waiting) {
      const store = turn++ % 2 === 0 ? one : other;
      const answers = await store.take(calls, waiting);
      for (const answer of answers) if (!("lacking" in answer)) owners.set(answer, store);
      return answers;
    },
    change: (claims, taken, by) => owners.get(taken)!.change(claims, taken, by),
    leave: (counter) => one.leave(counter),
    // What one has said is there for the other when it has an answer itself.
    async levels(claims) {
      await one.levels(claims);
      await other.levels(claims);
      return one.levels(claims);
    },
    onRoom(listener) {
      one.onRoom(listener);
      other.onRoom(listener);
    },
  };
}
