import { LRUCache } from "lru-cache";
import { type Entry, isExpired } from "./entry.js";

/** After how many places it is seen whether a distance is too long already. */
const BLOCK = 32;

/** A question that was answered. */
interface Answered {
  group: string;
  /** Of length 1. */
  vector: Float32Array;
  entry: Entry;
}

/** Answers by the vectors of their questions, in groups of those that differ in nothing but that. Those that were not used for longest go first. */
export class QuestionIndex {
  readonly #groups = new Map<string, Set<Answered>>();
  readonly #all: LRUCache<Answered, true>;

  constructor(maxEntries: number, maxBytes: number) {
    this.#all = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: (_, { group, vector, entry }) => 2 * group.length + vector.byteLength + entry.size,
      dispose: (_, answered) => this.#forget(answered),
    });
  }

  /** The nearest that is near enough. */
  find(group: string, vector: Float32Array, threshold: number): { entry: Entry; similarity: number } | undefined {
    let best: Answered | undefined;
    // Of vectors of length 1 the cosine follows from the distance, which can be given up on long before it is known.
    let least = 2 - 2 * threshold;
    for (const answered of this.#groups.get(group) ?? []) {
      if (isExpired(answered.entry)) {
        this.#all.delete(answered);
        continue;
      }
      const distance = squaredDistance(answered.vector, vector, least);
      if (distance > least) continue;
      best = answered;
      least = distance;
    }
    if (!best) return undefined;
    this.#all.get(best);
    return { entry: best.entry, similarity: 1 - least / 2 };
  }

  add(group: string, vector: Float32Array, entry: Entry): void {
    const answered = { group, vector, entry };
    const members = this.#groups.get(group) ?? new Set();
    this.#groups.set(group, members.add(answered));
    this.#all.set(answered, true);
    // Larger than all that may be kept.
    if (!this.#all.has(answered)) this.#forget(answered);
  }

  #forget(answered: Answered): void {
    const members = this.#groups.get(answered.group);
    members?.delete(answered);
    if (members?.size === 0) this.#groups.delete(answered.group);
  }
}

/** The vector at length 1; `undefined` for one that points nowhere. */
export function unitVector(vector: Float32Array): Float32Array | undefined {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) return undefined;
  const unit = new Float32Array(vector.length);
  for (let at = 0; at < unit.length; at++) unit[at] = vector[at]! / length;
  return unit;
}

/** Infinite where it is sure to be more than `most`, or the two are not of one length. */
function squaredDistance(one: Float32Array, other: Float32Array, most: number): number {
  const { length } = one;
  if (length !== other.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let at = 0; at < length; ) {
    for (const end = Math.min(length, at + BLOCK); at < end; at++) {
      const difference = one[at]! - other[at]!;
      sum += difference * difference;
    }
    if (!(sum <= most)) return Number.POSITIVE_INFINITY;
  }
  return sum;
}
