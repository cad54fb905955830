import type { AdapterRequest, CallContext } from "@llmux/core/adapter";

/**
 * What differs between the servers that speak OpenAI's wire format, as data. Only `provider` is required: the defaults are
 * OpenAI's own.
 */
export interface WireHost {
  /** Id of the adapter: the key of its provider options and metadata, and the owner of its provider parts and tools. */
  readonly provider: string;
  /** The field that limits a reply's length. Default `max_completion_tokens`; older servers know only `max_tokens`. */
  readonly maxTokens?: "max_completion_tokens" | "max_tokens" | undefined;
  /** The field for the end user's id. Default `safety_identifier`. */
  readonly user?: "safety_identifier" | "user" | undefined;
  /** Whether the server takes `top_k`. Default false. */
  readonly topK?: boolean | undefined;
  /** Whether the server takes a budget of tokens to think with, which {@link tailor} then puts into the body. Default false. */
  readonly reasoningBudget?: boolean | undefined;
  /**
   * The last word on a chat request: changes the body from OpenAI's form to the host's own. Provider options are laid over it after.
   */
  readonly tailor?:
    | ((body: Record<string, unknown>, request: AdapterRequest, context: CallContext) => void | Promise<void>)
    | undefined;
  /**
   * The field of an assistant message in which reasoning is sent back. Default none: it is left out, with a warning. Reasoning that
   * came with `reasoning_details` is sent back in those, whatever this says.
   */
  readonly reasoning?: "reasoning_content" | "reasoning" | undefined;
  /** Whether the server takes `cache_control` on parts of a message, as Anthropic's API has it. Default false: hints are left out. */
  readonly cacheControl?: boolean | undefined;
  /** Whether usage is to be asked for in streams (`stream_options`). Default true. */
  readonly streamUsage?: boolean | undefined;
  /**
   * What ends a chat stream: `done`, only `data: [DONE]` (the default); `usage`, also the end of the body once both a finish reason
   * and the usage have come; `finish-reason`, also the end of the body once a finish reason has come.
   */
  readonly end?: "done" | "usage" | "finish-reason" | undefined;
  /** Fields of the body that are kept in `providerMetadata`. Default {@link BODY_METADATA}. */
  readonly bodyMetadata?: readonly string[] | undefined;
  /** Fields of the choice that are kept in `providerMetadata`. Default {@link CHOICE_METADATA}. */
  readonly choiceMetadata?: readonly string[] | undefined;
  /** Fields of the message that are kept in `providerMetadata`. Default none. */
  readonly messageMetadata?: readonly string[] | undefined;
  /** Those of the kept fields that each chunk says in full, so that the last one counts; others are put together. Default none. */
  readonly latestMetadata?: readonly string[] | undefined;
  /** Whether tools of the host's own go through Chat Completions. Default false: the Responses API is taken for them. */
  readonly chatTools?: boolean | undefined;
  /** Models that only the Responses API serves. Default none. */
  readonly responsesModels?: RegExp | undefined;
  /** Models that only the legacy Completions API serves. Default none. */
  readonly completionsModels?: RegExp | undefined;
  /** Most texts in one embedding request. Default 2,048. */
  readonly embedBatch?: number | undefined;
  /** How vectors are asked for. Default `base64`, which costs far less to read. Either is understood whatever was asked for. */
  readonly embedFormat?: "base64" | "float" | undefined;
}

export const BODY_METADATA: readonly string[] = ["system_fingerprint", "service_tier", "moderation"];
export const CHOICE_METADATA: readonly string[] = ["logprobs"];

/**
 * Models that exist in the Responses API alone: those of the SDK's type `ResponsesModel` that are not in its `ChatModel`
 * (openai 7.57, `resources/shared`).
 */
export const RESPONSES_MODELS: RegExp =
  /^(ft:)?(o\d+-pro|gpt-[\d.]+-(pro|codex|cyber)|o\d+(-mini)?-deep-research|computer-use-preview|codex-|gpt-daybreak-|gpt-rosalind-|gpt-[\d.]+-rosalind)/;

/** Models that exist in the legacy Completions API alone: those that the SDK's `CompletionCreateParams` names (openai 7.57). */
const COMPLETIONS_MODELS: RegExp = /^(ft:)?(gpt-3\.5-turbo-instruct|davinci-002|babbage-002)/;

/** OpenAI itself, or for another base URL a server that imitates it, of which no more is taken for granted than need be. */
export function hostFor(provider: string, baseURL: string | undefined): WireHost {
  if (isOpenAI(baseURL)) return { provider, responsesModels: RESPONSES_MODELS, completionsModels: COMPLETIONS_MODELS };
  return { provider, maxTokens: "max_tokens", user: "user", end: "usage" };
}

/** Whether a base URL is OpenAI's own: unset, or on `openai.com` (regional endpoints such as `eu.api.openai.com` too). */
export function isOpenAI(baseURL: string | undefined): boolean {
  if (!baseURL) return true;
  return URL.canParse(baseURL) && /(^|\.)openai\.com$/i.test(new URL(baseURL).hostname);
}
