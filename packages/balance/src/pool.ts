import { LLMError } from "@llmux/core";
import { rendezvous } from "./affinity.js";
import type { CallName, CallRequest } from "./deployment.js";
import type { Member } from "./member.js";
import type { Settings } from "./settings.js";

/** The deployments of one model, and which of them is next. */
export class Pool {
  readonly #well: Member[] = [];
  readonly #full: Member[] = [];

  constructor(
    /** What messages call the group. */
    readonly name: string,
    readonly members: readonly Member[],
    private readonly settings: Settings,
  ) {}

  /**
   * The deployment to try next.
   * @returns `undefined` where none is left that is well and was not tried
   */
  pick(request: CallRequest, call: CallName, tried: readonly Member[], now: number): Member | undefined {
    const well = this.#well;
    const full = this.#full;
    well.length = 0;
    full.length = 0;
    for (const member of this.members) {
      if (!member.health.available(now) || !member.has(call) || tried.includes(member)) continue;
      (member.hasRoom(now) ? well : full).push(member);
    }
    const candidates = well.length > 0 ? well : full;
    if (candidates.length <= 1) return candidates[0];
    const { affinity, strategy } = this.settings;
    const session = affinity?.key(request);
    if (affinity && session) return rendezvous(session, candidates, affinity.load);
    const chosen = strategy(candidates, request, { call, now });
    if (!candidates.includes(chosen as Member))
      throw new LLMError({
        kind: "invalid-request",
        parameter: "strategy",
        message: "strategy must give back one of the candidates that it was given",
      });
    return chosen as Member;
  }

  /** The deployment that has the call, was not tried and is the first to come back. */
  soonest(call: CallName, tried: readonly Member[]): Member | undefined {
    let first: Member | undefined;
    for (const member of this.members) {
      if (!member.has(call) || tried.includes(member)) continue;
      if (!first || member.health.until < first.health.until) first = member;
    }
    return first;
  }

  /** Milliseconds until the first deployment that has the call may be called again; 0 where one may be now. */
  returnsIn(call: CallName, now: number): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const member of this.members) {
      if (!member.has(call)) continue;
      const { health } = member;
      if (health.available(now)) return 0;
      // A deployment on trial comes back when that call has ended.
      soonest = Math.min(soonest, health.until > now ? health.until - now : TRIAL);
    }
    return soonest;
  }

  /** What a call fails with that finds no deployment well. */
  allCooling(call: CallName, model: string | undefined, now: number): LLMError {
    const able = this.members.filter((member) => member.has(call));
    if (able.length === 0)
      return new LLMError({
        kind: "unsupported",
        model,
        message: `No deployment of ${this.name} has the call ${call}`,
      });
    const retryAfter = this.returnsIn(call, now);
    const { kind = "overloaded" } = this.soonest(call, [])!.health;
    const each = able.map(({ deployment, health }) => {
      const wait = Math.max(0, health.until - now);
      return `${deployment.name} (${health.state(now)} after ${health.kind}, ${seconds(wait)})`;
    });
    const shown = each.length > SHOWN ? [...each.slice(0, SHOWN), `${each.length - SHOWN} more`] : each;
    return new LLMError({
      kind,
      model,
      retryAfter,
      message: `No deployment of ${this.name} may be called now, the first again in ${seconds(retryAfter)}: ${shown.join(", ")}`,
    });
  }
}

/** Milliseconds after which to ask again where trial calls are under way. */
const TRIAL = 1000;
/** Deployments that a message lists. */
const SHOWN = 8;

function seconds(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 100) / 10} s`;
}
