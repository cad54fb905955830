import type { AdapterName } from "./model-name.js";

/** An adapter of this repository, as far as it can be told without loading it. */
export interface KnownAdapter extends AdapterName {
  readonly package: string;
}

/** Generated from the packages by `scripts/known-adapters.ts`; a test fails when they differ. */
export const KNOWN_ADAPTERS: readonly KnownAdapter[] = [];
