import type { GenerateRequest, LLMBackend } from "@llmux/core";
import { splitFacts } from "../shared/llmux-facts.js";

export interface ToAISDKOptions {
  /** What the models call themselves. Default the backend's `provider`. */
  provider?: string | undefined;
  /**
   * Leave out what the provider can't do, with a warning, as the AI SDK's own models do, instead of failing. Default: as the backend is
   * set.
   */
  dropParams?: boolean | undefined;
  /**
   * The URLs that the backend's provider fetches itself, by media type (`{ "image/*": [/^https:/] }`). Others the AI SDK downloads, which
   * every provider can do with. Default none.
   */
  supportedUrls?: Record<string, RegExp[]> | undefined;
  /** Most texts in one call of `embedMany`. Default no limit: llmux's adapters split them as their providers need. */
  maxEmbeddingsPerCall?: number | undefined;
  /** Most images in one call of `generateImage`. Default 10. */
  maxImagesPerCall?: number | undefined;
}

/** What `providerOptions.llmux` may hold, of any call: what llmux's requests have and the AI SDK's have not. */
export interface LLMuxOptions
  extends Pick<GenerateRequest, "timeout" | "dropParams" | "user" | "cacheKey" | "parallelToolCalls"> {
  /** Most tokens to think with. */
  reasoningBudget?: number | undefined;
  /** Hold the model to the schema of its output exactly. Default true. */
  strictOutput?: boolean | undefined;
  /** Of a transcription: see `TranscribeRequest`. */
  language?: string | undefined;
  prompt?: string | undefined;
  temperature?: number | undefined;
  filename?: string | undefined;
}

/** A backend and the settings of the models over it. */
export interface Setting extends ToAISDKOptions {
  backend: LLMBackend;
  provider: string;
}

interface ModelCall {
  headers?: Record<string, string | undefined> | undefined;
  abortSignal?: AbortSignal | undefined;
  providerOptions?: object | undefined;
}

type Shared = Pick<GenerateRequest, "headers" | "signal" | "timeout" | "dropParams" | "providerOptions">;

/** What every call of llmux's takes, out of what every call of the AI SDK's takes; and what is said to llmux itself. */
export function sharedOptions(
  { headers, abortSignal, providerOptions }: ModelCall,
  { dropParams: usual }: Setting,
): { shared: Shared; llmux: LLMuxOptions } {
  const { facts, metadata } = splitFacts(providerOptions);
  const llmux = facts as LLMuxOptions;
  const { timeout, dropParams = usual } = llmux;
  const set = Object.entries(headers ?? {}).filter(([, value]) => value !== undefined) as [string, string][];
  return {
    llmux,
    shared: {
      ...(set.length > 0 && { headers: Object.fromEntries(set) }),
      ...(abortSignal && { signal: abortSignal }),
      ...(timeout && { timeout }),
      ...(dropParams !== undefined && { dropParams }),
      ...(metadata && { providerOptions: metadata as NonNullable<Shared["providerOptions"]> }),
    },
  };
}
