import { isLLMError, type LLMError } from "@llmux/core";
import { redact } from "@llmux/core/failures";
import { oneLine } from "./io.js";

/** A mistake in how the program was called; ends it with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface Explained {
  /** The error's kind, or `usage`, or `internal`. */
  kind: string;
  message: string;
  /** What to do about it. */
  advice: string | undefined;
}

/** An error in words: what happened, and what to do about it. */
export function explain(error: unknown): Explained {
  const message = oneLine(redact(error instanceof Error ? error.message : String(error)));
  if (isLLMError(error)) return { kind: error.kind, message, advice: adviceFor(error) };
  if (error instanceof UsageError) return { kind: "usage", message, advice: "llmux-chat --help shows how" };
  return { kind: "internal", message, advice: undefined };
}

/** The same on one line. */
export function errorLine(error: unknown): string {
  const { kind, message, advice } = explain(error);
  return `${kind}: ${message}${advice ? ` → ${advice}` : ""}`;
}

const DOCTOR = "llmux-chat doctor shows every setting and where it comes from";

function adviceFor({ kind, provider, model, retryAfter }: LLMError): string | undefined {
  const who = provider ?? "the provider";
  switch (kind) {
    case "authentication":
      // Without a provider it is the environment that is not right, and the message says what to set.
      return provider === undefined ? DOCTOR : `check the key; ${DOCTOR}`;
    case "permission":
      return `this key may not use ${model ?? "this"}; ask whoever gave it to you, or choose another model`;
    case "not-found":
      return "llmux-chat models lists what there is; llmux-chat doctor checks the rest";
    case "context-window-exceeded":
      return "shorten the prompt, or start over with /clear";
    case "content-policy":
      return "the provider won't answer this; say it differently";
    case "rate-limit":
      return retryAfter === undefined ? "wait a while, then send it again" : `send it again in ${seconds(retryAfter)}`;
    case "quota-exceeded":
      return `the account's quota at ${who} is spent; look at its billing page, or choose another model`;
    case "overloaded":
    case "server":
      return `the trouble is at ${who}; send it again later`;
    case "connection":
      return `check the network and the address; ${DOCTOR}`;
    case "timeout":
      return "send it again, or choose a faster model";
    case "malformed-response":
      return `${who} answered with something that can't be read; check LLM_BASE_URL, or send it again`;
    case "invalid-request":
      return provider === undefined ? DOCTOR : undefined;
    case "unsupported":
      return "leave it out, or choose another model";
    case "aborted":
    case "budget-exceeded":
      return undefined;
  }
}

/** A wait in words. */
export function seconds(ms: number): string {
  const whole = Math.ceil(ms / 1000);
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
