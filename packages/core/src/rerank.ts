import type { Cost } from "./cost.js";
import type { CallOptions } from "./request.js";
import type { ResponseInfo } from "./result.js";
import type { Warning } from "./warning.js";

/** Documents to be put in the order of their relevance to a query. */
export interface RerankRequest extends CallOptions {
  model?: string | undefined;
  query: string;
  documents: readonly string[];
  /** How many of the best to give back. Default all. */
  topN?: number | undefined;
}

export interface RankedDocument {
  /** Its place in the request's `documents`. */
  index: number;
  /** Relevance; higher is better. The scale is the model's own. */
  score: number;
}

export interface RerankResult {
  /** The best first. */
  ranking: readonly RankedDocument[];
  usage: {
    inputTokens: { total: number | undefined };
    /** What providers that bill by search count (Cohere: one query with up to 100 documents). */
    searchUnits?: number | undefined;
    raw?: unknown;
  };
  warnings: readonly Warning[];
  provider: string;
  model: string;
  response: ResponseInfo;
  /** What the call cost, where a policy reckons it; `undefined` where that is not known. */
  cost?: Cost | undefined;
  /** Set where a cache answered, so that nothing was paid: when the answer was first given. */
  cachedAt?: Date | undefined;
}
