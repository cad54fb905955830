import type {
  AssistantPart,
  AudioPart,
  FilePart,
  ImagePart,
  ProviderPart,
  TextPart,
  ToolOutputPart,
  ToolResultPart,
} from "./content.js";
import type { GenerateImageRequest, GenerateImageResult } from "./generate-image.js";
import type { JSONSchema } from "./json.js";
import type { ModerateRequest, ModerateResult } from "./moderate.js";
import type { CallOptions, EmbedRequest, GenerateRequest, ListModelsRequest } from "./request.js";
import type { RerankRequest, RerankResult } from "./rerank.js";
import type { CountTokensResult, EmbedResult, GenerateResult, ModelInfo } from "./result.js";
import type { SpeakRequest, SpeakResult } from "./speak.js";
import type { FinishEvent, StartEvent, StreamEvent } from "./stream-event.js";
import type { FunctionTool, ProviderTool } from "./tool.js";
import type { TranscribeRequest, TranscribeResult } from "./transcribe.js";
import type { Warning } from "./warning.js";

/**
 * What an adapter author writes: translation and nothing else. Core stands around it and normalises the request, enforces
 * timeouts and aborts, parses and validates structured output, completes results and errors, and keeps keys out of both.
 */
export interface AdapterBackend {
  generate(request: AdapterRequest, context: CallContext): Promise<AdapterResult>;
  /** Yields events one by one, or in batches (an array for each piece that came off the wire), which is faster. */
  stream(request: AdapterRequest, context: CallContext): AsyncIterable<AdapterEvent | readonly AdapterEvent[]>;
  embed?(request: AdapterEmbedRequest, context: CallContext): Promise<AdapterEmbedResult>;
  listModels?(request: ListModelsRequest, context: CallContext): Promise<readonly ModelInfo[]>;
  rerank?(request: AdapterCall<RerankRequest>, context: CallContext): Promise<AdapterAnswer<RerankResult>>;
  transcribe?(request: AdapterCall<TranscribeRequest>, context: CallContext): Promise<AdapterAnswer<TranscribeResult>>;
  speak?(request: AdapterCall<SpeakRequest>, context: CallContext): Promise<AdapterAnswer<SpeakResult>>;
  generateImage?(
    request: AdapterCall<GenerateImageRequest>,
    context: CallContext,
  ): Promise<AdapterAnswer<GenerateImageResult>>;
  moderate?(request: AdapterCall<ModerateRequest>, context: CallContext): Promise<AdapterAnswer<ModerateResult>>;
  countTokens?(request: AdapterRequest, context: CallContext): Promise<CountTokensResult>;
  /**
   * Maps what the SDK threw to the taxonomy. Return `undefined` for what is not the provider's doing. Core fills in
   * `provider`, `model` and `cause`, and has already dealt with aborts and timeouts.
   */
  toError?(error: unknown): LLMErrorFacts | undefined | Promise<LLMErrorFacts | undefined>;
}

export type { LLMErrorInit as LLMErrorFacts } from "./errors.js";

import type { LLMErrorInit as LLMErrorFacts } from "./errors.js";

/** Given to the adapter with each call. */
export interface CallContext {
  /** Fires on the caller's abort and on a timeout. Hand it to the SDK. */
  readonly signal: AbortSignal;
  /**
   * Whether `signal` can fire at all: not where a whole answer is asked for without a signal or a timeout. What a signal costs an SDK is then saved by
   * `abortable ? signal : undefined`.
   */
  readonly abortable: boolean;
  /** Puts a warning on the result. */
  warn(warning: Warning): void;
  /**
   * Call for a parameter that the provider can't take. Throws an `unsupported` error, or with `dropParams` warns and returns,
   * and the adapter leaves the parameter out.
   */
  unsupported(parameter: string, why?: string): void;
}

/** A system message's text parts, and so on: strings have become parts. */
export type AdapterMessage =
  | { role: "system"; content: readonly TextPart[] }
  | {
      role: "user";
      content: readonly (TextPart | ImagePart | FilePart | AudioPart | ProviderPart)[];
      name?: string | undefined;
    }
  | { role: "assistant"; content: readonly AssistantPart[]; name?: string | undefined }
  | { role: "tool"; content: readonly AdapterToolResultPart[] };

/** A tool's output, normalised: a string (JSON text for other JSON values) or parts. */
export interface AdapterToolResultPart extends ToolResultPart {
  output: string | readonly ToolOutputPart[];
}

export interface AdapterFunctionTool extends FunctionTool {
  type: "function";
  inputSchema: JSONSchema;
}

export type AdapterTool = AdapterFunctionTool | ProviderTool;

/** A `GenerateRequest` as the adapter gets it: model without prefix, parts for strings, JSON Schema for every schema. */
export interface AdapterRequest
  extends Omit<
    GenerateRequest,
    "model" | "messages" | "tools" | "output" | "signal" | "timeout" | "dropParams" | "context"
  > {
  model: string;
  messages: readonly AdapterMessage[];
  tools?: readonly AdapterTool[] | undefined;
  /** `schema` is absent where any JSON will do. */
  output?: { schema?: JSONSchema; name: string; description?: string | undefined; strict: boolean } | undefined;
}

/** A request of another kind as the adapter gets it: the model is named, and without its prefix. */
export type AdapterCall<R extends CallOptions> = Omit<R, "model" | "signal" | "timeout" | "dropParams" | "context"> & {
  model: string;
};

/** What the adapter answers: core fills in the rest. */
export type AdapterAnswer<R> = Omit<R, "provider" | "model" | "warnings">;

export type AdapterEmbedRequest = AdapterCall<EmbedRequest>;

/** What `generate` answers: core derives the rest of the `GenerateResult` from it. */
export type AdapterResult = Pick<GenerateResult, "content" | "finishReason" | "usage" | "response"> &
  Partial<Pick<GenerateResult, "providerMetadata">>;

export type AdapterEmbedResult = AdapterAnswer<EmbedResult>;

/** As `StreamEvent`, with a leaner `start` (core fills in provider, model and warnings). */
export type AdapterEvent = Exclude<StreamEvent, StartEvent | FinishEvent> | AdapterStartEvent | AdapterFinishEvent;
export type AdapterStartEvent = Pick<StartEvent, "type" | "response">;
export type AdapterFinishEvent = Omit<FinishEvent, "warnings" | "output">;
