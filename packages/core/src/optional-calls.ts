import type { LLMBackend } from "./backend.js";

/** The names of the calls that a backend may lack. */
export type OptionalCall = Exclude<keyof LLMBackend, "provider" | "generate" | "stream">;

/** Those calls, for whatever treats all of them alike, and so those too that the contract will grow. */
export const OPTIONAL_CALLS: readonly OptionalCall[] = Object.keys({
  embed: 0,
  listModels: 0,
  countTokens: 0,
  rerank: 0,
  transcribe: 0,
  speak: 0,
  generateImage: 0,
  moderate: 0,
} satisfies Record<OptionalCall, 0>) as OptionalCall[];
