import type { CallRow } from "./call-row.js";

/** How a field is kept: text, a whole number, a number, yes or no, a moment, a list of texts. */
export type ColumnKind = "text" | "integer" | "real" | "boolean" | "time" | "tags";

export interface Column {
  field: keyof CallRow;
  name: string;
  kind: ColumnKind;
}

const column = (field: keyof CallRow, name: string, kind: ColumnKind): Column => ({ field, name, kind });

/** The row's fields as columns, in the order in which they are stored and exported. */
export const COLUMNS: readonly Column[] = [
  column("startedAt", "started_at", "time"),
  column("id", "id", "text"),
  column("kind", "kind", "text"),
  column("key", "key", "text"),
  // `user` is a reserved word of PostgreSQL's.
  column("user", "user_id", "text"),
  column("tags", "tags", "tags"),
  column("session", "session", "text"),
  column("provider", "provider", "text"),
  column("model", "model", "text"),
  column("responseModel", "response_model", "text"),
  column("inputTokens", "input_tokens", "integer"),
  column("cacheReadTokens", "cache_read_tokens", "integer"),
  column("cacheWriteTokens", "cache_write_tokens", "integer"),
  column("outputTokens", "output_tokens", "integer"),
  column("reasoningTokens", "reasoning_tokens", "integer"),
  column("usageEstimated", "usage_estimated", "boolean"),
  column("cost", "cost", "real"),
  column("costSource", "cost_source", "text"),
  column("cached", "cached", "boolean"),
  column("latency", "latency", "real"),
  column("timeToFirstToken", "time_to_first_token", "real"),
  column("attempts", "attempts", "integer"),
  column("outcome", "outcome", "text"),
  column("finishReason", "finish_reason", "text"),
  column("requestId", "request_id", "text"),
  column("status", "status", "integer"),
];
