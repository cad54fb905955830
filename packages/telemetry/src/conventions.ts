/**
 * Names of OpenTelemetry's semantic conventions for generative AI, version 1.41 (status: development), in one place because they are still being
 * renamed: https://github.com/open-telemetry/semantic-conventions/tree/v1.41.1/docs/gen-ai
 */
export const SCHEMA_URL = "https://opentelemetry.io/schemas/1.41.0";

/** Attributes of the conventions. */
export const GEN_AI = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  conversation: "gen_ai.conversation.id",
  outputType: "gen_ai.output.type",
  model: "gen_ai.request.model",
  choiceCount: "gen_ai.request.choice.count",
  seed: "gen_ai.request.seed",
  stream: "gen_ai.request.stream",
  frequencyPenalty: "gen_ai.request.frequency_penalty",
  presencePenalty: "gen_ai.request.presence_penalty",
  maxTokens: "gen_ai.request.max_tokens",
  stopSequences: "gen_ai.request.stop_sequences",
  temperature: "gen_ai.request.temperature",
  topK: "gen_ai.request.top_k",
  topP: "gen_ai.request.top_p",
  dimensions: "gen_ai.embeddings.dimension.count",
  finishReasons: "gen_ai.response.finish_reasons",
  responseId: "gen_ai.response.id",
  responseModel: "gen_ai.response.model",
  timeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  cacheWriteTokens: "gen_ai.usage.cache_creation.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  tokenType: "gen_ai.token.type",
  instructions: "gen_ai.system_instructions",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  tools: "gen_ai.tool.definitions",
} as const;

/** Attributes of the general conventions. */
export const GENERAL = {
  errorType: "error.type",
  status: "http.response.status_code",
  user: "enduser.id",
  serverAddress: "server.address",
  serverPort: "server.port",
} as const;

/** What the conventions have no name for. */
export const OWN = {
  model: "llmux.model",
  key: "llmux.key",
  tags: "llmux.tags",
  cost: "llmux.cost.usd",
  costSource: "llmux.cost.source",
  cacheHit: "llmux.cache.hit",
  requestId: "llmux.response.request_id",
  errorCode: "llmux.error.code",
  left: "llmux.stream.left",
  attempts: "llmux.attempts",
  attempt: "llmux.attempt.number",
  deployment: "llmux.attempt.deployment",
  attemptDuration: "llmux.attempt.duration",
  attemptError: "llmux.attempt.error",
  retryAttempt: "llmux.retry.attempt",
  retryAttempts: "llmux.retry.attempts",
  retryWait: "llmux.retry.wait",
  truncated: "llmux.content.truncated",
} as const;

export const EVENTS = { attempt: "llmux.attempt", retry: "llmux.retry" } as const;

/** Histograms of the conventions: name, unit, description and advised bounds of their buckets. */
export const METRICS = {
  duration: {
    name: "gen_ai.client.operation.duration",
    unit: "s",
    description: "GenAI operation duration.",
    bounds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
  tokens: {
    name: "gen_ai.client.token.usage",
    unit: "{token}",
    description: "Number of input and output tokens used.",
    bounds: [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  },
  firstChunk: {
    name: "gen_ai.client.operation.time_to_first_chunk",
    unit: "s",
    description: "Time to receive the first chunk, measured from when the client issues the request.",
    bounds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
  perChunk: {
    name: "gen_ai.client.operation.time_per_output_chunk",
    unit: "s",
    description: "Time per output chunk, recorded for each chunk received after the first one.",
    bounds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
} as const;
