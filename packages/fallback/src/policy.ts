import { invalidOption } from "@llmux/core";
import { Lists, targets } from "./lists.js";
import type { FallbackOptions, RecoverOptions } from "./options.js";
import type { ListName } from "./route-of.js";
import type { Target } from "./target.js";

/** {@link RecoverOptions}, checked. */
export interface Recovery extends Pick<RecoverOptions, "continueWith" | "price"> {
  attempts: number;
  on: "same" | "next" | readonly Target[];
}

/** {@link FallbackOptions}, checked. */
export interface Policy extends Pick<FallbackOptions, "when" | "onFallback"> {
  lists: Readonly<Record<ListName | "embed", Lists>>;
  recovery: Recovery | undefined;
}

/** @throws LLMError `invalid-request` naming the parameter */
export function toPolicy(options: FallbackOptions): Policy {
  const { when, onFallback, recover } = options;
  for (const [name, hook] of Object.entries({ when, onFallback }))
    if (hook !== undefined && typeof hook !== "function") throw invalidOption(name, "must be a function", hook);
  return {
    when,
    onFallback,
    lists: {
      fallbacks: new Lists(options.fallbacks, "fallbacks"),
      contextWindow: new Lists(options.contextWindow, "contextWindow"),
      contentPolicy: new Lists(options.contentPolicy, "contentPolicy"),
      embed: new Lists(options.embed, "embed"),
    },
    recovery: recover && toRecovery(recover),
  };
}

function toRecovery({ attempts = 1, on = "same", continueWith, price }: RecoverOptions): Recovery {
  if (!Number.isInteger(attempts) || attempts < 1)
    throw invalidOption("recover.attempts", "must be a whole number, 1 or more", attempts);
  if (on !== "same" && on !== "next" && !Array.isArray(on))
    throw invalidOption("recover.on", `must be "same", "next" or a list`, on);
  for (const [name, hook] of Object.entries({ continueWith, price }))
    if (hook !== undefined && typeof hook !== "function")
      throw invalidOption(`recover.${name}`, "must be a function", hook);
  return { attempts, on: typeof on === "string" ? on : targets(on, "recover.on"), continueWith, price };
}
