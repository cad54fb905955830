import type { ImagePart, TextPart } from "./content.js";
import type { Cost } from "./cost.js";
import type { CallOptions } from "./request.js";
import type { ResponseInfo } from "./result.js";
import type { Warning } from "./warning.js";

/** Texts, or texts with images, to be judged for what they may harm. */
export interface ModerateRequest extends CallOptions {
  model?: string | undefined;
  values: readonly (string | readonly (TextPart | ImagePart)[])[];
}

export interface Moderation {
  /** Whether the provider would refuse it. */
  flagged: boolean;
  /** The verdict by the provider's own category. */
  categories: Readonly<Record<string, boolean>>;
  /** How sure it is, from 0 to 1, by category. */
  scores: Readonly<Record<string, number>>;
}

export interface ModerateResult {
  /** One for each value, in the order of the values. */
  results: readonly Moderation[];
  usage: { inputTokens: { total: number | undefined }; raw?: unknown };
  warnings: readonly Warning[];
  provider: string;
  model: string;
  response: ResponseInfo;
  /** What the call cost, where a policy reckons it; `undefined` where that is not known. */
  cost?: Cost | undefined;
  /** Set where a cache answered, so that nothing was paid: when the answer was first given. */
  cachedAt?: Date | undefined;
}
