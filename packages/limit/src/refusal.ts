import { LLMError, type LLMErrorInit } from "@llmux/core";
import type { Claim } from "./limit-store.js";

/** The `code` of errors that a limit of one's own is the reason of, which tells them from those of a provider. */
export const LIMIT_CODE = "llmux.limit";

/** Milliseconds until another try is worth it where only the end of another call makes room: nobody knows when that is. */
const SOON = 1000;

type Facts = Pick<LLMErrorInit, "provider" | "model">;

/**
 * A call for which there was no room.
 *
 * @param wait milliseconds until there may be; not finite where that is not known
 * @param more what else is to be said
 */
export function overLimit(claim: Claim, wait: number, more: string, facts: Facts): LLMError {
  const { shown } = claim;
  const known = isKnown(claim, wait) && wait > 0;
  const when = known ? `; there may be room in ${seconds(wait)}` : "";
  const retryAfter = known ? Math.ceil(wait) : SOON;
  const message = `The limit of ${shown} is reached${more}${when}`;
  return new LLMError({ kind: "rate-limit", code: LIMIT_CODE, message, retryAfter, ...facts });
}

/** Whether a wait is what it says: for the end of other calls it is only a time to look again. */
export function isKnown({ kind }: Claim, wait: number): boolean {
  return kind !== "parallel" && Number.isFinite(wait);
}

/** A call that there never is room for. Not `invalid-request`: a deployment with a higher limit may take it. */
export function neverFits({ shown, kind }: Claim, amount: number, facts: Facts): LLMError {
  const message = `The call asks for up to ${amount} ${kind}, more than the limit of ${shown} ever lets through`;
  return new LLMError({ kind: "unsupported", code: LIMIT_CODE, message, ...facts });
}

/** Milliseconds, for people: up, lest it be too short. */
export function seconds(ms: number): string {
  return `${Math.ceil(ms / 100) / 10} s`;
}
