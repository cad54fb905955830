import type { ListModelsRequest, ModelInfo } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import { written } from "@llmux/core/answers";
import type { ListResponse } from "ollama/browser";
import type { OllamaConnection } from "./client.js";
import { malformed } from "./errors.js";

/** The models that the server holds, by `/api/tags`. */
export async function listModels(
  connection: OllamaConnection,
  { headers }: ListModelsRequest,
  { signal }: CallContext,
): Promise<ModelInfo[]> {
  const { answer } = await connection.send({ signal, headers, model: "" }, (client) => client.list());
  const { models } = (answer ?? {}) as Partial<ListResponse>;
  if (!Array.isArray(models)) throw malformed("The server's answer is no list of models", written(answer));
  return models.map(toModelInfo);
}

function toModelInfo(model: ListResponse["models"][number]): ModelInfo {
  const modified = new Date(model.modified_at);
  // Newer servers say it (`ModelDetails`), the SDK's types don't.
  const { context_length } = (model.details ?? {}) as { context_length?: number };
  return {
    id: model.name,
    name: model.name,
    // As Ollama's own OpenAI-compatible list has it: of a local model only the last change is known.
    createdAt: Number.isNaN(modified.getTime()) ? undefined : modified,
    contextWindow: context_length || undefined,
    raw: model,
  };
}
