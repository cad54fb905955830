import type OpenAI from "openai";

type ChatParams = Omit<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming, "messages" | "model" | "stream">;
type ResponsesParams = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, "input" | "model" | "stream">;
type Both = keyof ChatParams & keyof ResponsesParams;

/** Which of OpenAI's two APIs a call goes through. */
export type OpenAIApi = "chat" | "responses";

/**
 * `providerOptions.openai`: any parameter of Chat Completions or of the Responses API, under OpenAI's own name. They are sent as
 * they are and win over the neutral ones.
 */
export type OpenAIOptions = {
  /** The API for this call. Default: the adapter's, or `responses` where the model or a tool of OpenAI's needs it. */
  api?: OpenAIApi | undefined;
} & Partial<Omit<ChatParams, Both>> &
  Partial<Omit<ResponsesParams, Both>> & { [Key in Both]?: ChatParams[Key] | ResponsesParams[Key] } & {
    /** What the SDK does not know yet, what another server takes, and on a message's part the fields of that part. */
    [parameter: string]: unknown;
  };

declare module "@llmux/core" {
  interface ProviderOptions {
    openai?: OpenAIOptions;
  }
}
