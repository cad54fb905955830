interface CallOptions {
  signal?: AbortSignal | undefined;
  maxRetries?: number | undefined;
}

/** What is used of a client of the `openai` SDK. */
export interface OpenAIBatchClient {
  /** To be kept out of errors. */
  apiKey?: unknown;
  files: {
    create(body: { file: File; purpose: "batch" }, options?: CallOptions): PromiseLike<{ id: string }>;
    content(id: string, options?: CallOptions): PromiseLike<Response>;
    list(query: { purpose: "batch"; order: "desc" }, options?: CallOptions): AsyncIterable<OpenAIFile>;
    delete(id: string, options?: CallOptions): PromiseLike<unknown>;
  };
  batches: {
    create(
      body: {
        input_file_id: string;
        // The SDK lists the endpoints that it knows; which one it is follows from the adapter.
        endpoint: never;
        completion_window: "24h";
        metadata: Record<string, string>;
      },
      options?: CallOptions,
    ): PromiseLike<{ id: string }>;
    retrieve(id: string, options?: CallOptions): PromiseLike<OpenAIBatchState>;
    list(query: { limit: number }, options?: CallOptions): AsyncIterable<OpenAIBatchState>;
  };
}

/** An uploaded file. */
export interface OpenAIFile {
  id: string;
  filename: string;
  /** Seconds since 1970. */
  created_at: number;
}

/** A batch. */
export interface OpenAIBatchState {
  id: string;
  status: string;
  /** Seconds since 1970. */
  created_at: number;
  metadata?: Record<string, string> | null | undefined;
  output_file_id?: string | null | undefined;
  error_file_id?: string | null | undefined;
  errors?: { data?: { code?: string; message?: string; line?: number | null }[] } | null | undefined;
}
