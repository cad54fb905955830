import type { Awaitable } from "./budget-store.js";

/** The answer, or a failure once so many milliseconds have passed without one. What comes after that goes to nobody. */
export function within<T>(answer: Awaitable<T>, ms: number): Awaitable<T> {
  if (typeof (answer as Partial<PromiseLike<T>> | undefined)?.then !== "function") return answer;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    (answer as Promise<T>).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
