import {
  type Attempt,
  isLLMError,
  type LLMBackend,
  type LLMError,
  type LLMErrorKind,
  withErrorFacts,
} from "@llmux/core";
import type { Policy } from "./policy.js";
import { type ListName, routeOf } from "./route-of.js";
import { type CallRequest, FIRST, isFirst, placeOf, requestTo, type Target } from "./target.js";

/** The calls that a path may be of. */
export type CallName = Exclude<keyof LLMBackend, "provider">;

/** What a call may fall back on: its lists by the model that it names. */
export type PathLists = (name: ListName) => readonly Target[] | undefined;

/** Failures that cut an answer in the middle, so that another try may well bring the rest. */
const CUTS: readonly LLMErrorKind[] = [
  "connection",
  "timeout",
  "overloaded",
  "server",
  "rate-limit",
  "malformed-response",
];

/** The way of one call from one target to the next: what was tried, and what comes next. */
export class CallPath<R extends CallRequest = CallRequest> {
  readonly attempts: Attempt[] = [];
  target: Target = FIRST;
  #began = performance.now();
  #tried: Target[] | undefined;
  #list: readonly Target[] | undefined;
  #tries = 0;
  #recoveries = 0;

  constructor(
    readonly policy: Policy,
    readonly name: CallName,
    readonly request: R,
    readonly around: LLMBackend,
    private readonly lists: PathLists,
  ) {}

  get backend(): LLMBackend {
    return this.target.backend ?? this.around;
  }

  /** The request as the target gets it. */
  targeted(): R {
    return requestTo(this.target, this.request);
  }

  /** The tries of an answer that has come. Where the answer has tries of its own, those are the try's. */
  answered(provider: string, model: string, inner: readonly Attempt[] | undefined, duration: number): Attempt[] {
    if (inner && inner.length > 0) return [...this.attempts, ...inner];
    const named = this.target.model ?? this.request.model ?? model;
    return [...this.attempts, { provider, model: named, duration }];
  }

  /** Milliseconds since the try began. */
  elapsed(): number {
    return performance.now() - this.#began;
  }

  /**
   * Goes on to the next target.
   * @throws the error, with all tries where there were several, if there is to be no other
   */
  advance(thrown: unknown): void {
    const error = this.failed(thrown);
    const next = this.#next(error) ?? this.#again(error);
    if (!next) throw this.final(error);
    this.#begin(next, error);
  }

  /**
   * Goes on to the target that is to continue an answer; what `advance` does where some of it has been handed over.
   * @returns whether there is one
   */
  recover(error: LLMError, offset: number): boolean {
    const next = this.#again(error);
    if (next) this.#begin(next, error, offset);
    return next !== undefined;
  }

  /** Enters the try as failed. @throws what is no failure of the taxonomy, and so a fault in a program */
  failed(thrown: unknown): LLMError {
    if (!isLLMError(thrown)) throw thrown;
    const { kind, message, status, attempts, provider, model } = thrown;
    this.#tries++;
    if (attempts && attempts.length > 0) this.attempts.push(...attempts);
    else
      this.attempts.push({
        provider: provider ?? this.backend.provider,
        model: this.target.model ?? this.request.model ?? model,
        error: status === undefined ? { kind, message } : { kind, message, status },
        duration: this.elapsed(),
      });
    return thrown;
  }

  /** The error that the call fails with. */
  final(error: LLMError): LLMError {
    if (this.#tries < 2) return error;
    const tried = this.attempts.map(({ provider, model = provider, error }) => `${model}: ${error?.kind}`);
    return withErrorFacts(error, {
      message: `${error.message} (tried ${tried.join(", ")})`,
      attempts: this.attempts,
    });
  }

  /** Whether a refusal on the ground of content could be taken elsewhere. */
  get hasContentPolicy(): boolean {
    return this.#untried(this.lists("contentPolicy")) !== undefined;
  }

  #begin(next: Target, error: LLMError, offset?: number): void {
    const { onFallback } = this.policy;
    if (onFallback) {
      const from = placeOf(this.target, this.request, this.around);
      const to = placeOf(next, this.request, this.around);
      const notice = {
        error,
        from: { ...from, provider: error.provider ?? from.provider },
        to,
        attempt: this.#tries + 1,
      };
      onFallback(offset === undefined ? notice : { ...notice, offset });
    }
    this.#tried ??= [];
    this.#tried.push(next);
    this.target = next;
    this.#began = performance.now();
  }

  #next(error: LLMError): Target | undefined {
    if (this.request.signal?.aborted) return undefined;
    const route = routeOf(error);
    const own = route && this.lists(route);
    // On a list the failures of its entries lead down it, but to a list that is for just this kind.
    const under = this.#list;
    const list = under && !(own && route !== "fallbacks") ? (goesOn(error) ? under : undefined) : own;
    const { when } = this.policy;
    const candidates = list ?? (when && (under ?? own ?? this.lists("fallbacks")));
    const next = this.#untried(candidates);
    if (!next) return undefined;
    const verdict = when?.(error, placeOf(next, this.request, this.around)) ?? list !== undefined;
    if (!verdict) return undefined;
    this.#list = candidates;
    return next;
  }

  /** Who begins an answer again that was cut, or continues it. */
  #again(error: LLMError): Target | undefined {
    const { recovery, when } = this.policy;
    if (!recovery || (this.name !== "stream" && this.name !== "generate")) return undefined;
    if (this.#recoveries >= recovery.attempts || this.request.signal?.aborted) return undefined;
    // Of what went wrong with a continuation, that of another may have none.
    if (this.#recoveries === 0 ? !CUTS.includes(error.kind) : !goesOn(error)) return undefined;
    const { on } = recovery;
    const next =
      on === "same" ? this.target : on === "next" ? this.#untried(this.lists("fallbacks")) : on[this.#recoveries];
    if (!next || when?.(error, placeOf(next, this.request, this.around)) === false) return undefined;
    this.#recoveries++;
    return next;
  }

  #untried(list: readonly Target[] | undefined): Target | undefined {
    return list?.find(
      (target) =>
        !this.#tried?.includes(target) &&
        !isFirst(target, this.request) &&
        (target.backend ?? this.around)[this.name] !== undefined,
    );
  }
}

/** Whether a fallback's failure leaves the others of its list a chance. What the first refused as malformed never got here. */
function goesOn({ kind }: LLMError): boolean {
  return kind !== "aborted" && kind !== "budget-exceeded" && kind !== "content-policy";
}
