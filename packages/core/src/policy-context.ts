/**
 * What policies need to know of a call: whom it is for, and how they are to treat it. No adapter sees it, nothing of it is sent, and it does not
 * change what is asked. A policy types what it reads by augmenting this interface:
 * `declare module "@llmux/core" { interface PolicyContext { cache?: false } }`.
 */
export interface PolicyContext {
  /** Name or id of the key that the caller came with, for budgets, limits and the ledger. Never the key itself. */
  key?: string | undefined;
  /** Who asks. Where it is left out, policies go by the request's own `user`. */
  user?: string | undefined;
  /** What the call is for: a feature, a team, an environment. */
  tags?: readonly string[] | undefined;
  /** Calls of one conversation, which are best answered by one deployment, so that the provider's prompt cache is hit. */
  session?: string | undefined;
}
