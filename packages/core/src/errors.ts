import type { Attempt } from "./attempt.js";
import type { Cost } from "./cost.js";
import type { Usage } from "./usage.js";

/**
 * The one taxonomy of failures. Every adapter maps its provider's codes and texts to one of these.
 */
export type LLMErrorKind =
  | "authentication"
  | "permission"
  | "not-found"
  | "invalid-request"
  | "context-window-exceeded"
  | "content-policy"
  | "rate-limit"
  | "quota-exceeded"
  | "overloaded"
  | "server"
  | "connection"
  | "timeout"
  | "aborted"
  | "malformed-response"
  | "unsupported"
  | "budget-exceeded";

/** What is known of a failure. */
export interface LLMErrorInit {
  kind: LLMErrorKind;
  message: string;
  /** HTTP status of the provider's answer, where there was one. */
  status?: number | undefined;
  /** The provider's own error code or type, as it sent it. */
  code?: string | undefined;
  /** Id of the adapter that the call went through. */
  provider?: string | undefined;
  /** The model asked for, without its prefix. */
  model?: string | undefined;
  /** The provider's id of the request, to quote to its support. */
  requestId?: string | undefined;
  /** Whether the same request may succeed later. By default decided from `kind`. */
  retryable?: boolean | undefined;
  /** How long the server asked to wait, in milliseconds. */
  retryAfter?: number | undefined;
  /** For `unsupported` and `invalid-request`: the request's parameter that is at fault. */
  parameter?: string | undefined;
  /** For `malformed-response`: what the provider or the model sent, as text. */
  text?: string | undefined;
  /** What had been received when a stream failed. */
  partial?: PartialOutput | undefined;
  /** All tries that policies made for this call, in the order in which they began. */
  attempts?: readonly Attempt[] | undefined;
  /** The tokens of a reply that came whole and could not be used, such as one that does not fit the schema: it is charged all the same. */
  usage?: Usage | undefined;
  /** What that reply cost, where a policy reckons it. */
  cost?: Cost | undefined;
  cause?: unknown;
}

/** What a stream had handed over before it failed. */
export interface PartialOutput {
  text: string;
  reasoning: string;
}

const BRAND: unique symbol = Symbol.for("llmux.error") as never;

const RETRYABLE: readonly LLMErrorKind[] = ["rate-limit", "overloaded", "server", "connection", "timeout"];

/**
 * Every failure of a call. Recognise it with {@link isLLMError}, not with `instanceof`: two copies of this package in one
 * tree then still agree. `name` follows from the kind: a `rate-limit` error is named `RateLimitError`. The fields are those of
 * {@link LLMErrorInit}; what is not known is `undefined`.
 */
export class LLMError extends Error {
  declare readonly kind: LLMErrorKind;
  declare readonly status: number | undefined;
  declare readonly code: string | undefined;
  declare readonly provider: string | undefined;
  declare readonly model: string | undefined;
  declare readonly requestId: string | undefined;
  declare readonly retryable: boolean;
  /** Milliseconds. */
  declare readonly retryAfter: number | undefined;
  declare readonly parameter: string | undefined;
  declare readonly text: string | undefined;
  declare readonly partial: PartialOutput | undefined;
  declare readonly attempts: readonly Attempt[] | undefined;
  declare readonly usage: Usage | undefined;
  declare readonly cost: Cost | undefined;

  constructor({ message, cause, ...facts }: LLMErrorInit) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, facts);
    const name = `${facts.kind.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}Error`;
    // Not to be listed with the facts.
    Object.defineProperties(this, {
      name: { value: name, configurable: true },
      [BRAND]: { value: true, configurable: true },
    });
    if (facts.retryable === undefined) Object.assign(this, { retryable: RETRYABLE.includes(facts.kind) });
  }

  /** The error as data, for logs: without the cause and without what the model said. */
  toJSON(): Omit<LLMErrorInit, "cause" | "text" | "partial"> & { name: string } {
    const { text: _, partial: __, ...facts } = this;
    return { ...facts, name: this.name, message: this.message };
  }
}

/** Whether a value is an llmux error, of the given kinds if any are given. Works across copies of this package. */
export function isLLMError<K extends LLMErrorKind = LLMErrorKind>(
  error: unknown,
  ...kinds: K[]
): error is LLMError & { kind: K } {
  return (
    (error as { [BRAND]?: unknown } | null | undefined)?.[BRAND] === true &&
    (kinds.length === 0 || kinds.includes((error as LLMError).kind as K))
  );
}
