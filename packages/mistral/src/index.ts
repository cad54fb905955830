import type { Adapter } from "@llmux/core";
import { codestral, codestralCompletion, mistral } from "./adapter.js";

/**
 * `@llmux/mistral`: the adapter for Mistral, and two for Codestral's own endpoint.
 */
export { type CodestralConfig, codestral, codestralCompletion, type MistralConfig, mistral } from "./adapter.js";
export type { MistralOptions } from "./options.js";

/** All three, for a prefix to choose from. */
const adapters: readonly Adapter[] = [mistral, codestral, codestralCompletion];
export default adapters;
