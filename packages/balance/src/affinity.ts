import type { Candidate } from "./strategy.js";

/** FNV-1a: a text as 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The two hashes mixed until every bit depends on every other (MurmurHash3's last step), as a number above 0 and below 1. */
function mix(a: number, b: number): number {
  let hash = a ^ Math.imul(b, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}

/** What rendezvous hashing needs of a deployment. */
export interface Seat extends Pick<Candidate, "weight" | "inFlight"> {
  /** {@link hashOf} its name. */
  readonly hash: number;
}

/** Below so many calls in flight no deployment counts as overloaded: what few calls do together is chance. */
const FEW = 8;

/**
 * Where a session belongs: weighted rendezvous hashing, so that one deployment more or less moves only the sessions of that one. A deployment with
 * more than `load` times its share of the calls in flight is passed over for the session's next best.
 */
export function rendezvous<S extends Seat>(key: string, seats: readonly S[], load: number): S {
  const hash = hashOf(key);
  let calls = 1;
  let weights = 0;
  for (const { inFlight, weight } of seats) {
    calls += inFlight;
    weights += weight;
  }
  let best: S | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  let bestOfAll = seats[0] as S;
  let highestOfAll = Number.NEGATIVE_INFINITY;
  for (const seat of seats) {
    // -weight / ln(u): each is highest for its share of the keys, whoever else is there.
    const score = seat.weight > 0 ? -seat.weight / Math.log(mix(hash, seat.hash)) : 0;
    if (score > highestOfAll) {
      highestOfAll = score;
      bestOfAll = seat;
    }
    const most = Math.max(FEW, Math.ceil((load * calls * seat.weight) / (weights || 1)));
    if (score > highest && seat.inFlight < most) {
      highest = score;
      best = seat;
    }
  }
  return best ?? bestOfAll;
}
