import type { Message } from "./message.js";
import type { PolicyContext } from "./policy-context.js";
import type { ProviderOptions } from "./provider-options.js";
import type { Schema } from "./schema.js";
import type { Tool, ToolChoice } from "./tool.js";

/** Milliseconds; left out or `undefined`: no limit. */
export interface Timeouts {
  /** From the call to the last byte, retries included. */
  total?: number | undefined;
  /** From an attempt's start to its first event, or for `generate` and `embed` to the answer. */
  firstEvent?: number | undefined;
  /** Between two events of a stream. */
  betweenEvents?: number | undefined;
}

/** What every kind of call takes. */
export interface CallOptions {
  /** Further HTTP headers. They win over the adapter's own. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the call, its waits and its HTTP request with an `aborted` error. */
  signal?: AbortSignal | undefined;
  timeout?: Timeouts | undefined;
  /** Parameters that only one provider knows, typed by its adapter. They win over the neutral ones. */
  providerOptions?: ProviderOptions | undefined;
  /** Leave out what the provider can't do, with a warning on the result, instead of throwing an `unsupported` error. */
  dropParams?: boolean | undefined;
  /** For the policies around the backend; never sent. */
  context?: PolicyContext | undefined;
}

/** What the reply must look like. */
export interface OutputFormat<S extends Schema = Schema> {
  /** A Standard Schema or a JSON Schema. A Standard Schema also validates the reply. */
  schema: S;
  /** Name for the provider; letters, digits, `_` and `-`. Default `output`. */
  name?: string | undefined;
  description?: string | undefined;
  /** Hold the model to the schema exactly, where the provider can. Default true. */
  strict?: boolean | undefined;
}

export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** One turn of a conversation. Only `messages` is required; `model` may have a default. */
export interface GenerateRequest extends CallOptions {
  /** `prefix/model`, or a bare name that one adapter claims. An adapter's own backend takes the model without prefix. */
  model?: string | undefined;
  messages: readonly Message[];
  tools?: readonly Tool[] | undefined;
  toolChoice?: ToolChoice | undefined;
  /** Whether the model may ask for several tools at once. */
  parallelToolCalls?: boolean | undefined;
  /** `"json"` asks for any JSON; an {@link OutputFormat} for JSON of that shape, parsed and validated into `result.output`. */
  output?: "json" | OutputFormat | undefined;
  /** Most tokens to generate, reasoning included where the provider counts it so. */
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
  topK?: number | undefined;
  frequencyPenalty?: number | undefined;
  presencePenalty?: number | undefined;
  stopSequences?: readonly string[] | undefined;
  seed?: number | undefined;
  reasoning?: ReasoningOptions | undefined;
  /** Routes requests that share a prefix to the same cache, where the provider lets one say. */
  cacheKey?: string | undefined;
  /** A stable, opaque id of the end user, for the provider's abuse detection. */
  user?: string | undefined;
}

export interface ReasoningOptions {
  effort?: ReasoningEffort | undefined;
  /** Most tokens to think with, for the providers that count rather than grade. */
  budgetTokens?: number | undefined;
}

export interface EmbedRequest extends CallOptions {
  model?: string | undefined;
  /** Any number of texts; the adapter splits them into as many requests as the provider needs and keeps their order. */
  values: readonly string[];
  /** Length of each vector, where the model can choose. */
  dimensions?: number | undefined;
  user?: string | undefined;
}

export interface ListModelsRequest extends CallOptions {
  /** Only this adapter's models, by prefix or alias. */
  provider?: string | undefined;
}

export interface CountTokensRequest extends CallOptions {
  model?: string | undefined;
  messages: readonly Message[];
  tools?: readonly Tool[] | undefined;
}
