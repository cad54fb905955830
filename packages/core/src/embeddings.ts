/**
 * `@llmux/core/embeddings`: what authors of adapters embed with. Apart from `@llmux/core/adapter`, so that a program that streams need
 * not load it.
 */
export { type IndexedVector, vectorsInOrder } from "./indexed-vectors.js";
export { sumCounts } from "./sum-counts.js";
export { type BatchLimits, toBatches } from "./to-batches.js";
