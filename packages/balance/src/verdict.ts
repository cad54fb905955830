import { isLLMError, type LLMErrorKind } from "@llmux/core";

/**
 * What a failure says of the deployment: it is limited for now; it is refused for long; it failed; the model is not there; it cannot do this request,
 * which another may; it is alive and the request is at fault; or nothing.
 */
export type Verdict = "limited" | "refused" | "failed" | "lacking" | "unable" | "alive" | "nothing";

const VERDICTS: Readonly<Partial<Record<LLMErrorKind, Verdict>>> = {
  "rate-limit": "limited",
  overloaded: "limited",
  authentication: "refused",
  "quota-exceeded": "refused",
  server: "failed",
  connection: "failed",
  timeout: "failed",
  "malformed-response": "failed",
  permission: "lacking",
  "not-found": "lacking",
  unsupported: "unable",
  "invalid-request": "alive",
  "context-window-exceeded": "alive",
  "content-policy": "alive",
  aborted: "nothing",
  "budget-exceeded": "nothing",
};

export function verdictOn(error: unknown): Verdict {
  if (!isLLMError(error)) return "nothing";
  return VERDICTS[error.kind] ?? (error.retryable ? "failed" : "nothing");
}

/** Whether another deployment may do what this one did not. */
export function mayPassElsewhere(verdict: Verdict): boolean {
  return verdict !== "alive" && verdict !== "nothing";
}
