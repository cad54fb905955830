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
  cause?: unknown;
}

/** What a stream had handed over before it failed. */
export interface PartialOutput {
  text: string;
  reasoning: string;
}

const BRAND: unique symbol = Symbol.for("llmux.error") as never;

const RETRYABLE: ReadonlySet<LLMErrorKind> = new Set<LLMErrorKind>([
  "rate-limit",
  "overloaded",
  "server",
  "connection",
  "timeout",
]);

/**
 * Every failure of a call. Recognise it with {@link isLLMError}, not with `instanceof`: two copies of this package in one
 * tree then still agree. `name` follows from the kind: a `rate-limit` error is named `RateLimitError`.
 */
export class LLMError extends Error {
  readonly kind: LLMErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  /** Milliseconds. */
  readonly retryAfter: number | undefined;
  readonly parameter: string | undefined;
  readonly text: string | undefined;
  readonly partial: PartialOutput | undefined;

  constructor(init: LLMErrorInit) {
    super(init.message, "cause" in init ? { cause: init.cause } : undefined);
    this.kind = init.kind;
    this.status = init.status;
    this.code = init.code;
    this.provider = init.provider;
    this.model = init.model;
    this.requestId = init.requestId;
    this.retryable = init.retryable ?? RETRYABLE.has(init.kind);
    this.retryAfter = init.retryAfter;
    this.parameter = init.parameter;
    this.text = init.text;
    this.partial = init.partial;
    const name = `${init.kind.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}Error`;
    Object.defineProperty(this, "name", { value: name, configurable: true });
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The error as data, for logs. Never holds a key, since no field of the error does. */
  toJSON(): Omit<LLMErrorInit, "cause"> & { name: string } {
    const { name, message, kind, status, code, provider, model, requestId, retryable, retryAfter, parameter } = this;
    return { name, kind, message, status, code, provider, model, requestId, retryable, retryAfter, parameter };
  }
}

/** Whether a value is an llmux error, of the given kinds if any are given. Works across copies of this package. */
export function isLLMError<K extends LLMErrorKind = LLMErrorKind>(
  error: unknown,
  ...kinds: K[]
): error is LLMError & { kind: K } {
  return (
    typeof error === "object" &&
    error !== null &&
    (error as { [BRAND]?: unknown })[BRAND] === true &&
    (kinds.length === 0 || kinds.includes((error as LLMError).kind as K))
  );
}

/** The same error with some of its facts changed or added. */
export function withErrorFacts(error: LLMError, facts: Partial<LLMErrorInit>): LLMError {
  const { kind, message, status, code, provider, model, requestId, retryable, retryAfter, parameter, text, partial } =
    error;
  const init: LLMErrorInit = {
    kind, message, status, code, provider, model, requestId, retryable, retryAfter, parameter, text, partial,
    ...facts,
  };
  if (!("cause" in facts) && error.cause !== undefined) init.cause = error.cause;
  const copy = new LLMError(init);
  if (error.stack !== undefined && facts.message === undefined) copy.stack = error.stack;
  return copy;
}
