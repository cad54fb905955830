import type { ModelInfo } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import type { AnthropicClient } from "./backend.js";

export async function listModels({ models }: AnthropicClient, options: object): Promise<ModelInfo[]> {
  if (!models) throw new LLMError({ kind: "unsupported", message: "The given client lists no models" });
  const result: ModelInfo[] = [];
  for await (const model of models.list({ limit: 1000 }, options)) {
    const createdAt = new Date(model.created_at);
    result.push({
      id: model.id,
      name: model.display_name,
      // An unknown date comes as the epoch.
      createdAt: createdAt.getTime() > 0 ? createdAt : undefined,
      ownedBy: "anthropic",
      contextWindow: model.max_input_tokens ?? undefined,
      maxOutputTokens: model.max_tokens ?? undefined,
      raw: model,
    });
  }
  return result;
}
