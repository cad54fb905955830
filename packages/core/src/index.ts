export type {
  Adapter,
  AdapterDefinition,
  AdapterFactory,
  EnvField,
  EnvSource,
  ResolvedSetting,
} from "./adapter-definition.js";
export { applyMiddleware } from "./apply-middleware.js";
export type { Attempt } from "./attempt.js";
export type { LLMBackend } from "./backend.js";
export { collect } from "./collect.js";
export { assembleResult } from "./complete-result.js";
export type {
  AssistantPart,
  AudioPart,
  CacheHint,
  Citation,
  FilePart,
  ImagePart,
  MediaData,
  ProviderPart,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
  ToolOutputPart,
  ToolResultPart,
  UserPart,
} from "./content.js";
export type { Cost } from "./cost.js";
export { type CreateLLMOptions, createLLM, type LLM, type LLMOptions } from "./create-llm.js";
export { deadline } from "./deadline.js";
export { defineAdapter } from "./define-adapter.js";
export type { EnvFault, EnvSettings } from "./env.js";
export { ENV_VARIABLES, type EnvVariable } from "./env-variables.js";
export { isLLMError, LLMError, type LLMErrorInit, type LLMErrorKind, type PartialOutput } from "./errors.js";
export { estimateTokens } from "./estimate-tokens.js";
export { everyCall } from "./every-call.js";
export type { FinishReason, UnifiedFinishReason } from "./finish-reason.js";
export { type EnvReport, type FromEnvOptions, fromEnv, inspectEnv } from "./from-env.js";
export type { GeneratedImage, GenerateImageRequest, GenerateImageResult } from "./generate-image.js";
export type { ImportModule } from "./import-adapter.js";
export { invalidOption } from "./invalid-option.js";
export type { JSONObject, JSONSchema, JSONValue } from "./json.js";
export type { AssistantMessage, Message, SystemMessage, ToolMessage, UserMessage } from "./message.js";
export { defineMiddleware, type Middleware, type MiddlewareParts, type Wrapped } from "./middleware.js";
export type { ModerateRequest, ModerateResult, Moderation } from "./moderate.js";
export { OPTIONAL_CALLS, type OptionalCall } from "./optional-calls.js";
export type { PolicyContext } from "./policy-context.js";
export type { PriceCall } from "./price-call.js";
export type { ProviderMetadata, ProviderOptions } from "./provider-options.js";
export { type RateLimits, type RateLimitWindow, rateLimitsFrom } from "./rate-limits.js";
export type {
  CallOptions,
  CountTokensRequest,
  EmbedRequest,
  GenerateRequest,
  ListModelsRequest,
  OutputFormat,
  ReasoningEffort,
  ReasoningOptions,
  Timeouts,
} from "./request.js";
export { requestKey } from "./request-key.js";
export type { RankedDocument, RerankRequest, RerankResult } from "./rerank.js";
export type {
  CountTokensResult,
  EmbedResult,
  GenerateResult,
  ModelInfo,
  ResponseInfo,
} from "./result.js";
export { type RetryNotice, type RetryOptions, withRetry } from "./retry.js";
export type { InferSchema, Schema } from "./schema.js";
export { sleep } from "./sleep.js";
export type { SpeakRequest, SpeakResult } from "./speak.js";
export type { FinishEvent, ReasoningEndEvent, StartEvent, StreamEvent, TextEndEvent } from "./stream-event.js";
export { streamResult } from "./stream-result.js";
export {
  deferStream,
  heldUntilContent,
  mapStream,
  observeStream,
  type StreamObserver,
  untilContent,
} from "./streams.js";
export { tell } from "./tell.js";
export { withTimeout, withTotalTimeout } from "./timeout.js";
export type { FunctionTool, ProviderTool, Tool, ToolChoice } from "./tool.js";
export type { TimedText, TranscribeRequest, TranscribeResult } from "./transcribe.js";
export type { Usage } from "./usage.js";
export { UsageMeter } from "./usage-meter.js";
export type { Warning } from "./warning.js";
export { withErrorFacts } from "./with-error-facts.js";
export { withJSONSchema } from "./with-json-schema.js";
