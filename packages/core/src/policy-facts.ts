import type { FinishEvent } from "./stream-event.js";

type PolicyFacts = Pick<FinishEvent, "cost" | "attempts" | "cachedAt">;

/** What policies have added to an answer; only what is there. */
export function policyFacts({ cost, attempts, cachedAt }: PolicyFacts): PolicyFacts {
  return { ...(cost && { cost }), ...(attempts && { attempts }), ...(cachedAt && { cachedAt }) };
}
