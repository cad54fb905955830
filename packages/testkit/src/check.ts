import type { Feature } from "./feature.js";
import type { Kit } from "./kit.js";

/** One thing that users of every adapter rely on. */
export interface Check {
  /** Stable, kebab-case. */
  id: string;
  title: string;
  /** What goes wrong for whom where it does not hold. */
  why: string;
  /** The features that it is about: where one is declared as lacking, the check is not run. */
  needs?: readonly Feature[] | undefined;
  /** @throws where it does not hold */
  run(kit: Kit): Promise<void>;
}
