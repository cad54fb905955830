import type { LLMErrorKind } from "@llmux/core";
import type { Feature } from "./feature.js";
import type { Kit } from "./kit.js";

/** One thing that users of every adapter rely on. */
export interface Check {
  /** Stable, kebab-case. */
  id: string;
  title: string;
  /** What goes wrong for whom where it does not hold. */
  why: string;
  /** The features that it is about: where one is declared as lacking, `run` is not run. */
  needs?: readonly Feature[] | undefined;
  /** The kind of error that it is about, which a provider may have no way to tell of. */
  needsError?: LLMErrorKind | undefined;
  /** @throws where it does not hold */
  run(kit: Kit): Promise<void>;
  /** Run in place of `run` where a feature is declared as lacking: sees to it that the adapter says so, and that it is true. */
  lacking?: ((kit: Kit) => Promise<void>) | undefined;
}
