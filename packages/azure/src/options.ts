import type {
  AzureChatExtensionConfiguration,
  AzureChatExtensionsMessageContextOutput,
  ContentFilterResultsForChoiceOutput,
  ContentFilterResultsForPromptOutput,
} from "@azure/openai/types";
import type { OpenAIOptions } from "@llmux/openai";

/** `providerOptions.azure`: all that OpenAI's APIs take, and Azure's own. */
export type AzureOptions = OpenAIOptions & {
  /** "On your data": where the answer is to be looked for. */
  data_sources?: AzureChatExtensionConfiguration[] | undefined;
};

/** `providerMetadata.azure`, of Chat Completions. Filter results that came in pieces are put together. */
export type AzureMetadata = {
  /** What the content filter found in the prompt. */
  prompt_filter_results?: ContentFilterResultsForPromptOutput[];
  /** What it found in the answer. */
  content_filter_results?: ContentFilterResultsForChoiceOutput;
  /** How far the asynchronous filter has read. */
  content_filter_offsets?: { check_offset?: number; start_offset?: number; end_offset?: number };
  /** "On your data": what the answer rests on. */
  context?: AzureChatExtensionsMessageContextOutput;
  system_fingerprint?: string;
  service_tier?: string;
  logprobs?: unknown;
  [field: string]: unknown;
};

declare module "@llmux/core" {
  interface ProviderOptions {
    azure?: AzureOptions;
  }
  interface ProviderMetadata {
    azure?: AzureMetadata;
  }
}
