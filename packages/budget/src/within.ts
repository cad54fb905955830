import { deadline } from "@llmux/core";
import type { Awaitable } from "./budget-store.js";

/** The answer, or a failure once so many milliseconds have passed without one. What comes after that goes to nobody. */
export function within<T>(answer: Awaitable<T>, ms: number): Awaitable<T> {
  if (typeof (answer as Partial<PromiseLike<T>> | undefined)?.then !== "function") return answer;
  return deadline(answer as Promise<T>, ms, `no answer within ${ms} ms`);
}
