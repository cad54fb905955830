import type { Random } from "./random.ts";

/** What goes wrong with a deployment for a while. */
export type Trouble = "down" | "hanging" | "failing" | "slow" | "squeezed";

export interface Incident {
  from: number;
  to: number;
  trouble: Trouble;
}

const TROUBLES: readonly Trouble[] = ["down", "hanging", "failing", "slow", "squeezed"];

/** The script of one deployment: incidents of two minutes or so, on average every twenty. */
export function incidents(random: Random, until: number): Incident[] {
  const script: Incident[] = [];
  let at = random.exponential(1_200_000);
  while (at < until) {
    const to = at + 10_000 + random.exponential(110_000);
    script.push({ from: at, to, trouble: TROUBLES[Math.floor(random.next() * TROUBLES.length)]! });
    at = to + random.exponential(1_200_000);
  }
  return script;
}
