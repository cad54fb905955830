export type { Check } from "./check.js";
export { conformance, type NamedCheck } from "./conformance.js";
export { type ConformanceOptions, type Connection, OPTION_SENTINEL } from "./conformance-options.js";
export {
  type Dialect,
  type ErrorFacts,
  jsonResponse,
  sseResponse,
  type WireCall,
  type WireFrames,
  type WireRequest,
  type WireResponse,
} from "./dialect.js";
export { anthropicMessages } from "./dialects/anthropic-messages.js";
export { azure } from "./dialects/azure.js";
export { bedrockConverse } from "./dialects/bedrock-converse.js";
export { cohereChat } from "./dialects/cohere-chat.js";
export { gemini, vertexGemini } from "./dialects/gemini.js";
export { huggingface } from "./dialects/huggingface.js";
export { mistral } from "./dialects/mistral.js";
export { ollamaChat } from "./dialects/ollama-chat.js";
export { openaiChat } from "./dialects/openai-chat.js";
export { openaiResponses } from "./dialects/openai-responses.js";
export { FEATURES, type Feature } from "./feature.js";
export { featureMatrix } from "./feature-matrix.js";
export {
  type MockAnswer,
  type MockBackend,
  type MockOptions,
  type MockReply,
  type MockScript,
  mockBackend,
} from "./mock-backend.js";
export { type RecordOptions, record } from "./record.js";
export { type ReplayOptions, replay } from "./replay.js";
export type { Reply, ReplyPart, ReplyUsage } from "./reply.js";
export { type CheckResult, type ConformanceReport, type FeatureSupport, runConformance } from "./report.js";
