export type { Adapter, AdapterDefinition, AdapterFactory, EnvField, EnvSource, ResolvedSetting } from "./adapter-definition.js";
export type { LLMBackend } from "./backend.js";
export { collect } from "./collect.js";
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
export { defineAdapter } from "./define-adapter.js";
export { isLLMError, LLMError, type LLMErrorInit, type LLMErrorKind, type PartialOutput } from "./errors.js";
export type { FinishReason, UnifiedFinishReason } from "./finish-reason.js";
export type { JSONObject, JSONSchema, JSONValue } from "./json.js";
export type { AssistantMessage, Message, SystemMessage, ToolMessage, UserMessage } from "./message.js";
export type { ProviderMetadata, ProviderOptions } from "./provider-options.js";
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
export type {
  CountTokensResult,
  EmbedResult,
  GenerateResult,
  ModelInfo,
  RateLimits,
  RateLimitWindow,
  ResponseInfo,
} from "./result.js";
export { type InferSchema, type Schema, withJSONSchema } from "./schema.js";
export type { FinishEvent, ReasoningEndEvent, StartEvent, StreamEvent, TextEndEvent } from "./stream-event.js";
export type { FunctionTool, ProviderTool, Tool, ToolChoice } from "./tool.js";
export type { Usage } from "./usage.js";
export type { Warning } from "./warning.js";
