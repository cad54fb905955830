/**
 * `@llmux/core/adapter`: what authors of adapters build with. Applications need none of it.
 */
export type {
  AdapterAnswer,
  AdapterBackend,
  AdapterCall,
  AdapterEmbedRequest,
  AdapterEmbedResult,
  AdapterEvent,
  AdapterFinishEvent,
  AdapterFunctionTool,
  AdapterMessage,
  AdapterRequest,
  AdapterResult,
  AdapterStartEvent,
  AdapterTool,
  AdapterToolResultPart,
  CallContext,
  LLMErrorFacts,
} from "./adapter-backend.js";
export type { Adapter, AdapterDefinition, AdapterFactory, EnvField } from "./adapter-definition.js";
export { type ByteSource, readPieces } from "./byte-source.js";
export { defineAdapter } from "./define-adapter.js";
export { isLLMError, LLMError } from "./errors.js";
export { EventBuilder } from "./event-builder.js";
export { eventObject } from "./event-object.js";
export { headersToObject } from "./headers-to-object.js";
export { readLines } from "./ndjson.js";
export { type EventStreamDecoder, readEventStream } from "./read-event-stream.js";
export { readServerSentEvents, type ServerSentEvent, ServerSentEventParser } from "./sse.js";
export { StreamFault } from "./stream-fault.js";
export { withHeaders } from "./with-headers.js";
