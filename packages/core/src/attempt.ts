import type { LLMErrorKind } from "./errors.js";

/** One try among those that a policy made for one call: a retry, a fallback, another deployment, a hedge, a continuation. */
export interface Attempt {
  /** Id of the adapter, or the policy's name for what it tried. */
  provider: string;
  /** The model asked for, as the policy named it. */
  model: string | undefined;
  /** The policy's name of the deployment, where it knows several of one model. */
  deployment?: string | undefined;
  /** Why there was another: `undefined` for the try that answered. */
  error?: { kind: LLMErrorKind; message: string; status?: number | undefined } | undefined;
  /** Milliseconds from its start until it answered, for a stream with its first content, or failed. */
  duration: number;
}
