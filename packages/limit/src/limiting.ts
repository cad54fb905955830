import { isLLMError, type LLMErrorKind, tell, type Usage } from "@llmux/core";
import { expectedTokens, ownExpectedTokens, usedTokens } from "./expected-tokens.js";
import { type Gate, gateOf } from "./gate.js";
import type { Claim, Taken } from "./limit-store.js";
import { type CallRequest, type LimitedCall, limitedCall } from "./limited-call.js";
import type { LimitStatus } from "./options.js";
import { isKnown, neverFits, overLimit, seconds } from "./refusal.js";
import type { Rule } from "./rule.js";
import type { Settings } from "./settings.js";
import type { Entrant } from "./waiter.js";

/** Failures after which the provider may have done its work all the same. */
const CUT: readonly LLMErrorKind[] = ["aborted", "timeout", "connection", "malformed-response"];

/** What is known of an answer of any call. */
interface AnyAnswer {
  usage?: Partial<Usage> | undefined;
  cachedAt?: Date | undefined;
}

/** Limits the calls of one backend. */
export class Limiting {
  readonly #gate: Gate;

  constructor(
    private readonly provider: string,
    private readonly settings: Settings,
  ) {
    this.#gate = gateOf(settings.limiter);
  }

  /**
   * Waits until the call may be made.
   *
   * @throws LLMError `rate-limit` where there is no room in time, `unsupported` where there never is
   */
  enter(kind: LimitedCall["kind"], request: CallRequest, left?: AbortSignal): Pass | Promise<Pass> {
    const call = limitedCall(kind, request);
    const rules = this.settings.rules(call);
    return Array.isArray(rules)
      ? this.#enter(call, rules, left)
      : (rules as Promise<readonly Rule[]>).then((given) => this.#enter(call, given, left));
  }

  async status(kind: LimitedCall["kind"], request: CallRequest): Promise<LimitStatus[]> {
    const call = limitedCall(kind, request);
    const claims = this.#claims(call, await this.settings.rules(call), undefined);
    const levels = await this.settings.limiter.levels(claims);
    return claims.map(({ shown, kind, limit, counter }, place) => {
      const { used, resetAfter } = levels[place]!;
      return {
        name: shown,
        kind,
        limit,
        used,
        remaining: Math.max(0, limit - used),
        resetAfter: Number.isFinite(resetAfter) ? Math.ceil(resetAfter) : undefined,
        waiting: this.#gate.waitingFor(counter),
      };
    });
  }

  #enter(call: LimitedCall, rules: readonly Rule[], left: AbortSignal | undefined): Pass | Promise<Pass> {
    const { estimate, expectedOutput } = this.settings;
    const facts = { provider: this.provider, model: call.model };
    const expected = !rules.some(({ kind }) => kind === "tokens")
      ? undefined
      : estimate
        ? ownExpectedTokens(estimate, call)
        : expectedTokens(call, expectedOutput);
    const claims = this.#claims(call, rules, expected?.reserved);
    for (const claim of claims)
      if (claim.kind === "tokens" && expected!.asked > claim.limit) throw neverFits(claim, expected!.asked, facts);
    const { maxWait, maxQueue, limiter, fairBy, onWait } = this.settings;
    const entrant: Entrant = {
      claims,
      caller: `${fairBy(call) ?? ""}`,
      maxWait,
      maxQueue,
      signals: left ? [left, call.request.signal] : [call.request.signal],
      refused(claim, wait, why) {
        const more =
          why === "queue"
            ? `, and ${maxQueue} calls of the same caller wait already`
            : why === "late"
              ? `, and the call may wait ${seconds(maxWait)} at most`
              : "";
        return overLimit(claim, wait, more, facts);
      },
      waits(claim, wait, ahead) {
        const known = isKnown(claim, wait) ? Math.max(0, Math.ceil(wait)) : undefined;
        tell(onWait, { call, limit: claim.shown, wait: known, ahead });
      },
    };
    const taken = this.#gate.enter(entrant);
    return taken instanceof Promise
      ? taken.then((room) => new Pass(limiter, claims, room))
      : new Pass(limiter, claims, taken);
  }

  #claims(call: LimitedCall, rules: readonly Rule[], tokens: number | undefined): Claim[] {
    const claims: Claim[] = [];
    for (const { kind, limit, window, shown, counters } of rules) {
      // What no request limits is reckoned at what there is at most.
      const amount = kind === "tokens" ? Math.min(limit, tokens ?? 0) : 1;
      for (const counter of counters(call)) claims.push({ counter, kind, limit, window, amount, shown });
    }
    return claims;
  }
}

/** Room that a call has, until it is over. */
export class Pass {
  #over = false;

  constructor(
    private readonly limiter: Settings["limiter"],
    private readonly claims: readonly Claim[],
    private readonly taken: Taken,
  ) {}

  answered(answer: unknown): void {
    const { usage, cachedAt } = (answer ?? {}) as AnyAnswer;
    this.end(cachedAt ? 0 : usedTokens(usage));
  }

  /**
   * What a provider has refused took no tokens; what was cut keeps those that were reserved for it. A reply that could not be used says what it took.
   *
   * @param came tokens of what had come before it failed
   */
  failed(error: unknown, came?: number): void {
    const { kind, usage } = isLLMError(error) ? error : {};
    const refused = kind !== undefined && !CUT.includes(kind) ? 0 : undefined;
    this.end(usedTokens(usage) ?? came ?? refused);
  }

  /** @param tokens that it took; `undefined`: as reserved */
  end(tokens: number | undefined): void {
    if (this.#over) return;
    this.#over = true;
    let changed = false;
    const by = this.claims.map(({ kind, amount }) => {
      const change = kind === "parallel" ? -amount : kind === "tokens" && tokens !== undefined ? tokens - amount : 0;
      changed ||= change !== 0;
      return change;
    });
    if (changed) this.limiter.change(this.claims, this.taken, by);
  }
}
