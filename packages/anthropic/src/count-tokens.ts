import type { CountTokensResult } from "@llmux/core";
import type { AnthropicClient } from "./backend.js";
import type { Params } from "./to-params.js";

/** Parameters of `/v1/messages` that `/v1/messages/count_tokens` takes too. */
const COUNTED = [
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "cache_control",
  "context_management",
  "mcp_servers",
  "speed",
  "user_profile_id",
  "workspace_id",
] as const;

export async function countTokens(
  { messages }: AnthropicClient,
  params: Params["params"],
  options: object,
): Promise<CountTokensResult> {
  const counted = Object.fromEntries(
    COUNTED.flatMap((name) => (name in params ? [[name, params[name as never]]] : [])),
  );
  // The parameters are those of the request itself, checked there.
  const { input_tokens } = await messages.countTokens(counted as never, options);
  return { inputTokens: input_tokens };
}
