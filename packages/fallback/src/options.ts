import type { GenerateRequest, LLMBackend, LLMError, LLMErrorKind, PriceCall } from "@llmux/core";

/** Where a call goes when another has failed: a model of the same backend (`"anthropic/claude-sonnet-5-5"` of a router), or another backend. */
export type Fallback = string | FallbackTarget;

/** A fallback in detail. It has a `backend`, a `model`, or both. */
export interface FallbackTarget {
  /** Default: the backend that the policy stands around. */
  backend?: LLMBackend | undefined;
  /** The model as that backend names it. Default: the request's own. */
  model?: string | undefined;
  /** Changes the request of `generate` and `stream` for this target alone, after `model` has been set. What it throws ends the call. */
  request?: ((request: GenerateRequest) => GenerateRequest) | undefined;
  /** How this target is asked to go on with an answer that was cut. Wins over that of {@link RecoverOptions}. */
  continueWith?: ContinueWith | undefined;
}

/** One list for all models, or lists by the model that the call names, as it names it; `"*"` is for those that have none. */
export type FallbackLists = readonly Fallback[] | Readonly<Record<string, readonly Fallback[]>>;

/** What had been said when an answer was cut. */
export interface CutAnswer {
  /** The text handed over so far; never empty. */
  text: string;
  error: LLMError;
  /** Id of the adapter that is to go on, as far as it can be told from the target; a router's models name it by their prefix. */
  provider: string;
  /** The model that is to go on, without the prefix of a router. */
  model: string | undefined;
}

/** Makes the request that asks for the rest of an answer. */
export type ContinueWith = (request: GenerateRequest, cut: CutAnswer) => GenerateRequest;

/** How answers that were cut are continued. */
export interface RecoverOptions {
  /** Continuations of one call, at most. Default 1. */
  attempts?: number | undefined;
  /**
   * Who goes on: `"same"`, the one that was cut; `"next"`, the next of `fallbacks` that has not been tried; or a list of their own, in its
   * order. Default `"same"`.
   */
  on?: "same" | "next" | readonly Fallback[] | undefined;
  /** Makes the request for the rest. Default: {@link continueText}. */
  continueWith?: ContinueWith | undefined;
  /**
   * Prices the cut part, such as `priceOf` of `@llmux/prices`. Without it the cost of an answer of two parts is not known and left out.
   */
  price?: PriceCall | undefined;
}

/** One of the places that a call may go. */
export interface FallbackPlace {
  provider: string;
  model: string | undefined;
}

/** What a listener is told before another try begins. */
export interface FallbackNotice {
  /** What failed. */
  error: LLMError;
  from: FallbackPlace;
  to: FallbackPlace;
  /** The try that comes next; the first fallback is attempt 2. */
  attempt: number;
  /** Where an answer is continued that had begun: after how many UTF-16 units of its text. */
  offset?: number | undefined;
}

/** Where calls go when they fail. */
export interface FallbackOptions {
  /** For failures that another backend may not have; see {@link routeOf}. Tried in their order. */
  fallbacks?: FallbackLists | undefined;
  /** For requests that are too long for the model: models that take more. Without it such a call fails. */
  contextWindow?: FallbackLists | undefined;
  /**
   * For what a provider refused on the ground of its content, also as an empty answer with the finish reason `content-filter`. Without it such
   * a call fails.
   */
  contentPolicy?: FallbackLists | undefined;
  /**
   * For embeddings. Vectors of two models can't be compared: name other deployments of the same model, nothing else. Without it a failed
   * `embed` fails.
   */
  embed?: FallbackLists | undefined;
  /** Decides instead of the kind of the failure; `undefined` leaves it to that. What it throws ends the call. */
  when?: ((error: LLMError, next: FallbackPlace) => boolean | undefined) | undefined;
  /** Told of each further try before it begins. What it throws ends the call. */
  onFallback?: ((notice: FallbackNotice) => void) | undefined;
  /** Continues answers that were cut in mid-stream. Default: off, and they fail. */
  recover?: RecoverOptions | undefined;
}

/** Where an answer was cut and continued: `providerMetadata.llmux.seam` of the text part that ends there. */
export interface Seam {
  from: { provider: string; model: string };
  to: { provider: string; model: string };
  /** Why it was cut. */
  error: LLMErrorKind;
  /** UTF-16 units of the whole answer's text before it. */
  offset: number;
}
