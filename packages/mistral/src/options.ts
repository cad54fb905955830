import type { ChatCompletionRequest$Outbound } from "@mistralai/mistralai/models/components/chatcompletionrequest.js";

/** The parameters of a chat completion under the names of the API, as the SDK types them. */
type ChatParams = Omit<ChatCompletionRequest$Outbound, "model" | "messages" | "stream">;

/**
 * `providerOptions.mistral`: any parameter of Mistral's API under its own name. They are sent as they are and win over the neutral
 * ones. On a part or a tool, its fields are laid over that piece of the body.
 */
export type MistralOptions = Partial<ChatParams> & {
  /**
   * Whether the reply goes on from the assistant's message that ends the conversation. Default true: the API takes such a
   * conversation in no other way.
   */
  prefix?: boolean | undefined;
  /** `fim` completes the code in one user message (`/v1/fim/completions`). Default `chat`, or `fim` where there is a `suffix`. */
  api?: "chat" | "fim" | undefined;
  /** `fim` only: what comes after the completion. */
  suffix?: string | undefined;
  /** `fim` only. */
  min_tokens?: number | undefined;
  /** Embeddings only; what is no list of floats comes back as numbers all the same. */
  output_dtype?: "float" | "int8" | "uint8" | undefined;
  /** Transcription only: tell speakers apart. */
  diarize?: boolean | undefined;
  /** Transcription only: words and names to expect. */
  context_bias?: readonly string[] | undefined;
  /** Speech only: base64 of a voice to imitate. */
  ref_audio?: string | undefined;
  /** What the SDK does not know yet. */
  [parameter: string]: unknown;
};

declare module "@llmux/core" {
  interface ProviderOptions {
    mistral?: MistralOptions | undefined;
  }
}
