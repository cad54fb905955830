import leven from "leven";
import type { AdapterName } from "./model-name.js";

/** The prefix that was probably meant. */
export async function nearestPrefix(prefix: string, adapters: readonly AdapterName[]): Promise<string | undefined> {
  const known = adapters.flatMap(({ id, aliases }) => [id, ...aliases]);
  const near = known
    .map((candidate) => ({ candidate, distance: leven(prefix, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.min(3, Math.floor(candidate.length / 2)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}
