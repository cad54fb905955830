/**
 * What `providerOptions.huggingface` takes: for chat, fields of the request's body under the names of the API
 * (https://huggingface.co/docs/inference-providers/tasks/chat-completion), which win over the neutral parameters; for the other calls
 * `parameters` of the task, and further fields beside them. What is not listed here is sent as it is.
 */
export interface HuggingFaceOptions {
  /** Chat: most providers don't know it, which is why the neutral parameter is not sent. */
  top_k?: number | undefined;
  logprobs?: boolean | undefined;
  top_logprobs?: number | undefined;
  response_format?: Readonly<Record<string, unknown>> | undefined;
  reasoning_effort?: string | undefined;
  /** Images, speech, transcriptions: the task's own parameters, such as `guidance_scale` or `num_inference_steps`. */
  parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Embeddings: whether vectors get the length 1. */
  normalize?: boolean | undefined;
  /** Embeddings: the name of a prompt that the model's configuration holds, such as `query`. */
  prompt_name?: string | undefined;
  /** Embeddings: whether a text that is too long is cut. */
  truncate?: boolean | undefined;
  readonly [field: string]: unknown;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    huggingface?: HuggingFaceOptions | undefined;
  }
}
