/** A document that the model may cite: text, or fields of which `title`, `snippet`, `text` and `url` are usual. */
export type CohereDocument = string | { id?: string | undefined; data: Readonly<Record<string, unknown>> };

/**
 * What `providerOptions.cohere` takes: fields of the request's body under the names of Cohere's API. They win over the neutral
 * parameters; a field that is not listed here is sent as it is. See https://docs.cohere.com/reference/chat, `/embed` and `/rerank`.
 */
export interface CohereOptions {
  /** Chat: what the reply is to rest on, and may cite. */
  documents?: readonly CohereDocument[] | undefined;
  /** Chat: how citations are made. Default the model's own. */
  citation_options?: { mode?: "ENABLED" | "DISABLED" | "FAST" | "ACCURATE" | "OFF" | undefined } | undefined;
  safety_mode?: "CONTEXTUAL" | "STRICT" | "OFF" | undefined;
  /** Chat: hold all tool calls to their schemas. Wins over the tools' own `strict`. */
  strict_tools?: boolean | undefined;
  tool_choice?: "REQUIRED" | "NONE" | undefined;
  response_format?: Readonly<Record<string, unknown>> | undefined;
  thinking?: { type: "enabled" | "disabled"; token_budget?: number | undefined } | undefined;
  /** Chat: put log probabilities into `providerMetadata.cohere.logprobs`. */
  logprobs?: boolean | undefined;
  /** From 0, the highest, to 999. */
  priority?: number | undefined;
  /** Embeddings: what they are for. Default `search_document`; give `search_query` for the query of a search. */
  input_type?: "search_document" | "search_query" | "classification" | "clustering" | "image" | undefined;
  /** Embeddings: what to do with a text that is too long. Server default `END`. */
  truncate?: "NONE" | "START" | "END" | undefined;
  /** Embeddings: the numbers' type, one. Default `float`. */
  embedding_types?: readonly ("float" | "int8" | "uint8" | "binary" | "ubinary")[] | undefined;
  /** Rerank: longer documents are cut. Server default 4,096. */
  max_tokens_per_doc?: number | undefined;
  readonly [field: string]: unknown;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    cohere?: CohereOptions | undefined;
  }
}
