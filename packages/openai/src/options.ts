import type OpenAI from "openai";

type ChatParams = Omit<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming, "messages" | "model" | "stream">;
type ResponsesParams = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, "input" | "model" | "stream">;
type CompletionsParams = Omit<OpenAI.CompletionCreateParamsNonStreaming, "model" | "stream">;
type TranscriptionParams = Omit<OpenAI.Audio.TranscriptionCreateParamsNonStreaming, "file" | "model" | "stream">;
type SpeechParams = Omit<OpenAI.Audio.SpeechCreateParams, "input" | "model" | "stream_format">;
type ImageParams = Omit<OpenAI.ImageGenerateParamsNonStreaming, "model" | "stream" | "partial_images">;
type ImageEditParams = Omit<OpenAI.ImageEditParamsNonStreaming, "image" | "model" | "stream" | "partial_images">;

/** Every field of any of these, of whatever type it has in the one or the other. */
type AnyOf<Params> = {
  [Key in Params extends unknown ? keyof Params : never]?:
    | (Params extends unknown ? (Key extends keyof Params ? Params[Key] : never) : never)
    | undefined;
};

/** Which of OpenAI's APIs a call of `generate` or `stream` goes through. `completions` is the legacy one. */
export type OpenAIApi = "chat" | "responses" | "completions";

/**
 * `providerOptions.openai`: any parameter of the API that the call goes through, under OpenAI's own name. They are sent as they are
 * and win over the neutral ones.
 */
export type OpenAIOptions = {
  /** The API for this call. Default: the adapter's, or the one that the model or a tool of OpenAI's needs. */
  api?: OpenAIApi | undefined;
} & AnyOf<
  ChatParams | ResponsesParams | CompletionsParams | TranscriptionParams | SpeechParams | ImageParams | ImageEditParams
> & {
    /** What the SDK does not know yet, what another server takes, and on a message's part the fields of that part. */
    [parameter: string]: unknown;
  };

declare module "@llmux/core" {
  interface ProviderOptions {
    openai?: OpenAIOptions;
  }
}
