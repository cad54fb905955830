import { invalidOption } from "@llmux/core";
import type { LimitStore } from "./limit-store.js";
import type { LimitedCall } from "./limited-call.js";
import { memoryLimiter } from "./memory-limiter.js";
import type { WaitNotice, WithLimitOptions } from "./options.js";
import { type Rule, rulesOf } from "./rule.js";

/** Options with their defaults. */
export interface Settings {
  rules(call: LimitedCall): readonly Rule[] | Promise<readonly Rule[]>;
  limiter: LimitStore;
  maxWait: number;
  maxQueue: number;
  fairBy(call: LimitedCall): string | undefined;
  expectedOutput: number;
  estimate: ((call: LimitedCall) => number) | undefined;
  onWait: ((notice: WaitNotice) => void) | undefined;
}

/** @throws LLMError `invalid-request` */
export function settingsOf(options: WithLimitOptions, provider: string): Settings {
  const { name = provider, limiter, whenFull = "wait", maxWait = 120_000, maxQueue = 1000 } = options ?? {};
  const { limits, fairBy = callerOf, expectedOutput = 1000, estimate, onWait } = options ?? {};
  if (typeof name !== "string") throw invalidOption("name", "must be a text", name);
  if (limiter !== undefined && (typeof limiter?.take !== "function" || typeof limiter.onRoom !== "function"))
    throw invalidOption("limiter", "must be a limiter", limiter);
  if (whenFull !== "wait" && whenFull !== "fail")
    throw invalidOption("whenFull", "must be wait or fail", String(whenFull));
  if (!(maxWait > 0 && maxWait < 2 ** 31)) throw invalidOption("maxWait", "must be above 0 and under 2^31 ms", maxWait);
  if (!Number.isInteger(maxQueue) || maxQueue < 1)
    throw invalidOption("maxQueue", "must be a whole number, 1 or more", maxQueue);
  if (!Number.isInteger(expectedOutput) || expectedOutput < 0)
    throw invalidOption("expectedOutput", "must be a whole number, 0 or more", expectedOutput);
  for (const [parameter, value] of Object.entries({ fairBy, estimate, onWait }))
    if (value !== undefined && typeof value !== "function") throw invalidOption(parameter, "must be a function", value);
  return {
    rules: rulesBy(limits, name),
    limiter: limiter ?? memoryLimiter(),
    maxWait: whenFull === "wait" ? maxWait : 0,
    maxQueue,
    fairBy,
    expectedOutput,
    estimate,
    onWait,
  };
}

function rulesBy(limits: WithLimitOptions["limits"], name: string): Settings["rules"] {
  if (typeof limits !== "function") {
    const rules = rulesOf(limits, name);
    return () => rules;
  }
  const known = new WeakMap<readonly unknown[], readonly Rule[]>();
  const read: typeof rulesOf = (list) => {
    let rules = known.get(list);
    if (!rules) {
      rules = rulesOf(list, name);
      known.set(list, rules);
    }
    return rules as Rule[];
  };
  return (call) => {
    const list = limits(call);
    return Array.isArray(list) ? read(list, name) : Promise.resolve(list).then((given) => read(given, name));
  };
}

function callerOf({ key, user }: LimitedCall): string | undefined {
  return key ?? user;
}
