import type { OpenAIApi, WireHost } from "@llmux/openai/wire";

/** The calls beside `generate` and `stream` that a host may have. */
export type HostCall = "embed" | "listModels" | "rerank" | "transcribe" | "speak" | "generateImage" | "moderate";

/** Parameters of a request that some hosts refuse, or pass over in silence. `messages.name` is the name of a message's author. */
export type RefusedParameter =
  | "frequencyPenalty"
  | "presencePenalty"
  | "seed"
  | "stopSequences"
  | "tools"
  | "toolChoice"
  | "parallelToolCalls"
  | "cacheKey"
  | "user"
  | "messages.name";

/** A setting that a host's base URL is made of. */
export interface HostSetting {
  /** The variables that it is read from; the first that is set wins. */
  variables: readonly string[];
  /** What it is, for messages. */
  description: string;
  /** Without one, the setting or a whole base URL must be given. */
  default?: string | undefined;
}

/**
 * How a host wants to be told how much to think:
 *
 * - `reasoning_effort`: as OpenAI does (the default)
 * - `reasoning`: `reasoning: { effort, max_tokens }`
 * - `thinking`: `thinking: { type: "enabled" | "disabled", budget_tokens }`, on or off
 * - `thinking_and_effort`: `thinking: { type }` for whether, `reasoning_effort` for how much
 * - `enable_thinking`: `enable_thinking` and `thinking_budget`, on or off
 * - `none`: it can't be told
 */
export type ReasoningForm =
  | "reasoning_effort"
  | "reasoning"
  | "thinking"
  | "thinking_and_effort"
  | "enable_thinking"
  | "none";

/** A host that speaks OpenAI's wire format: what differs, and where that is written. */
export interface HostRow<Setting extends string = string> {
  /** Its id, which is its prefix in `LLM_MODEL`. */
  id: string;
  /** As people write it. */
  name: string;
  /** The host's document that says what stands here. */
  docs: string;
  /** Further prefixes. */
  aliases?: readonly string[] | undefined;
  /** Bare model names that it recognises; `*` stands for anything. */
  models?: readonly string[] | undefined;
  /** What paths such as `/chat/completions` are added to, with `{setting}` for each of {@link settings}. None: it must be given. */
  baseURL?: string | undefined;
  /** The variables of the base URL, after `LLM_BASE_URL`. */
  baseURLVariables?: readonly string[] | undefined;
  /** What else the base URL depends on: an account, a region. Each becomes a field of the configuration. */
  settings?: Readonly<Record<Setting, HostSetting>> | undefined;
  /** The variables of the key, after `LLM_API_KEY`. */
  keyVariables: readonly string[];
  /** Where to get a key. */
  keyURL?: string | undefined;
  /** It answers without a key. */
  keyless?: true | undefined;
  /** It runs on a machine of one's own: it may be that it does not run, which a failure to connect then asks. */
  local?: true | undefined;
  /** All of its kind have the path of {@link baseURL}: a URL that is given without one gets it. */
  samePath?: true | undefined;
  /** How it is signed in to. Default: the key is the bearer token. `ibm-iam`: an API key is exchanged for one. */
  auth?: "ibm-iam" | undefined;
  /** What `LLM_EMBEDDING_MODEL=<prefix>` without a model means. */
  embeddingModel?: string | undefined;
  /** What it has beside chat. */
  calls: readonly HostCall[];
  /** Whether it has the Responses API, too. */
  responses?: true | undefined;
  /** The API for calls that don't say. Default `chat`. */
  api?: OpenAIApi | undefined;
  /** What a model's name is made into before it is sent: a pattern and its replacement. */
  model?: readonly [RegExp, string] | undefined;
  /** Headers for every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** How it differs on the wire; where OpenAI's older names are not said otherwise, they are taken. */
  wire?: Omit<WireHost, "provider" | "tailor" | "reasoningBudget" | `${string}Metadata`> | undefined;
  /** What it says of its own that is kept in `providerMetadata`: fields of the body, of the choice, of the message. */
  metadata?:
    | {
        body?: readonly string[] | undefined;
        choice?: readonly string[] | undefined;
        message?: readonly string[] | undefined;
        /** Those of them that each chunk of a stream says in full. */
        latest?: readonly string[] | undefined;
      }
    | undefined;
  /** Other names of fields of a chat request, by OpenAI's. */
  names?: Readonly<Record<string, string>> | undefined;
  /** Parameters that it does not take. */
  refuses?: readonly RefusedParameter[] | undefined;
  /** How it is told to think. */
  reasoning?: ReasoningForm | undefined;
  /** Whether it takes a budget of tokens to think with, in the form's own field. */
  reasoningBudget?: true | undefined;
  /** It knows no JSON Schema: any JSON is asked for, and the schema is put into words. */
  jsonObjectOnly?: true | undefined;
  /** It takes text as a string, not as a list of parts. */
  plainText?: true | undefined;
  /** Its models think aloud between `<think>` tags in the text. `return`: and want to find that in the history. */
  thinkTags?: "split" | "return" | undefined;
  /** The pages that the text rests on come beside the choices, in `citations` and `search_results`. */
  citations?: true | undefined;
  /** The header with its id of the request, where that is not `x-request-id`. */
  requestIdHeader?: string | undefined;
  /** Where it says what a call cost: a path into `usage`, or a header, and how many of its units are a US dollar (default 1). */
  cost?: { usage?: string | undefined; header?: string | undefined; perUSD?: number | undefined } | undefined;
}
