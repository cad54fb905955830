// Types of node-llama-cpp's are not used here: its declarations don't compile with `skipLibCheck` off.

/** How a model and its context are loaded. Names and meanings are node-llama-cpp's. */
export interface LoadOptions {
  /** Tokens that prompt and reply share. `"auto"`: as many as the memory holds, up to what the model was trained on. Default at most 8192. */
  contextSize?: "auto" | number | { min?: number; max?: number } | undefined;
  /** Layers that go to the GPU. Default `"auto"`: as many as fit. */
  gpuLayers?: "auto" | "max" | number | { min?: number; max?: number } | undefined;
  /** Tokens of a prompt that are evaluated at once. */
  batchSize?: number | undefined;
  /** Threads that evaluate; a number, or `{ ideal, min }`. */
  threads?: number | { ideal?: number; min?: number } | undefined;
  flashAttention?: "auto" | boolean | undefined;
  /** Path of a LoRA adapter, or several with their scales. For chat only. */
  lora?: string | { adapters: { filePath: string; scale?: number }[] } | undefined;
  /** Map the file into memory rather than reading it. Default `"auto"`. */
  useMmap?: "auto" | boolean | undefined;
  /** Keep the model from being swapped out. */
  useMlock?: boolean | undefined;
  /** Keep the whole cache of models with a sliding window, so that any prefix can be reused. */
  swaFullCache?: boolean | undefined;
}

/** How tokens are chosen, beyond what every request can say. */
export interface SamplingOptions {
  temperature?: number | undefined;
  topK?: number | undefined;
  topP?: number | undefined;
  /** Leaves out tokens that are less likely than this share of the likeliest. */
  minP?: number | undefined;
  seed?: number | undefined;
  /** Leaves out the likeliest tokens, now and then. */
  xtc?: { probability: number; threshold: number } | undefined;
  /** Default `false`; wins over the penalties of the request. */
  repeatPenalty?:
    | false
    | {
        lastTokens?: number;
        penalizeNewLine?: boolean;
        penalty?: number;
        frequencyPenalty?: number;
        presencePenalty?: number;
      }
    | undefined;
  /** Punishes sequences of tokens that come again. */
  dryRepeatPenalty?:
    | {
        strength: number;
        base?: number;
        allowedLength?: number;
        lastTokens?: number | null;
        sequenceBreakers?: string[];
      }
    | undefined;
  trimWhitespaceSuffix?: boolean | undefined;
}

/**
 * What `providerOptions["llama-cpp"]` takes. The load options win over the adapter's own; other values than those in use load the
 * model, or a context of it, once more. https://node-llama-cpp.withcat.ai/api/type-aliases/LLamaChatGenerateResponseOptions
 */
export interface LlamaCppOptions extends LoadOptions, SamplingOptions {
  /** `true`: where the context is full the oldest turns are dropped, with a warning, instead of an error. Default false. */
  contextShift?: boolean | undefined;
  /** Which chat format to use, instead of the one that the file names: `"chatML"`, `"jinjaTemplate"`, `"qwen"`, … */
  chatWrapper?: string | undefined;
  /** Settings of chat formats, by format: `{ jinjaTemplate: { template } }`. */
  chatWrapperSettings?: Readonly<Record<string, object>> | undefined;
  /** Whether the prompt describes the parameters of tools. Default true. */
  documentFunctionParams?: boolean | undefined;
  /** Rerank: the model's prompt, with `{{query}}` and `{{document}}`, where the file names none. */
  rankingTemplate?: string | undefined;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    "llama-cpp"?: LlamaCppOptions;
  }
}
