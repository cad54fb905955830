interface CallOptions {
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
  maxRetries?: number | undefined;
}

/** What is used of a client of `@anthropic-ai/sdk`. */
export interface AnthropicBatchClient {
  /** To be kept out of errors. */
  apiKey?: unknown;
  messages: {
    batches: {
      // The adapter made the parameters.
      create(
        body: { requests: { custom_id: string; params: never }[] },
        options?: CallOptions,
      ): PromiseLike<{ id: string }>;
      retrieve(id: string, params?: null, options?: CallOptions): PromiseLike<AnthropicBatchState>;
      results(id: string, params?: undefined, options?: CallOptions): PromiseLike<AsyncIterable<AnthropicAnswer>>;
      list(params: { limit: number }, options?: CallOptions): AsyncIterable<AnthropicBatchState>;
    };
  };
}

/** A batch. Dates are as RFC 3339 writes them. */
export interface AnthropicBatchState {
  id: string;
  processing_status: string;
  created_at: string;
  cancel_initiated_at: string | null;
  archived_at: string | null;
  results_url: string | null;
  /** How many requests there are of each kind; their sum is that of all. */
  request_counts: { processing: number; succeeded: number; errored: number; canceled: number; expired: number };
}

/** An answer to one request of a batch. */
export interface AnthropicAnswer {
  custom_id: string;
  result:
    | { type: "succeeded"; message: object }
    | { type: "errored"; error: object }
    | { type: "canceled" | "expired" };
}
