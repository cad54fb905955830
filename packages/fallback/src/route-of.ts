import type { LLMError, LLMErrorKind } from "@llmux/core";

/** The lists of fallbacks. */
export type ListName = "fallbacks" | "contextWindow" | "contentPolicy";

const ROUTES: Readonly<Record<LLMErrorKind, ListName | undefined>> = {
  // Of this provider, or of the account with it; another has its own.
  authentication: "fallbacks",
  permission: "fallbacks",
  "not-found": "fallbacks",
  "rate-limit": "fallbacks",
  "quota-exceeded": "fallbacks",
  overloaded: "fallbacks",
  server: "fallbacks",
  connection: "fallbacks",
  timeout: "fallbacks",
  "malformed-response": "fallbacks",
  // What this provider lacks another may have.
  unsupported: "fallbacks",
  // Only a model that takes more helps, and which does must be said.
  "context-window-exceeded": "contextWindow",
  // To take what one refused to another is a decision that nobody should find made for them.
  "content-policy": "contentPolicy",
  // Wrong everywhere.
  "invalid-request": undefined,
  // Not wanted any more.
  aborted: undefined,
  // Elsewhere it would cost as well.
  "budget-exceeded": undefined,
};

/** The list that a failure of this kind leads to; `undefined`: to none. Of kinds that are younger than this table `retryable` decides. */
export function routeOf({ kind, retryable }: Pick<LLMError, "kind" | "retryable">): ListName | undefined {
  return Object.hasOwn(ROUTES, kind) ? ROUTES[kind] : retryable ? "fallbacks" : undefined;
}
