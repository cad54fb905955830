import type { MessageCreateParamsNonStreaming } from "@anthropic-ai/sdk/resources/beta/messages/messages";

/**
 * What `providerOptions.anthropic` may hold. On a request: any parameter of the Messages API as Anthropic names it
 * (`thinking`, `context_management`, `mcp_servers`, `container`, `service_tier`, …); it wins over what the neutral parameters
 * say. On a part or a tool: fields put on its block (`citations`, `context`, `title`, `defer_loading`, …).
 */
export interface AnthropicOptions
  extends Partial<Omit<MessageCreateParamsNonStreaming, "messages" | "model" | "stream" | "betas">> {
  /** Sent as the `anthropic-beta` header. */
  betas?: readonly string[] | undefined;
  /** What the API understands and these types don't know yet. */
  [parameter: string]: unknown;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    anthropic?: AnthropicOptions | undefined;
  }
}
