import type { ListModelsRequest, ModelInfo } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import type { MistralConnection } from "./connection.js";

interface WireModel {
  id: string;
  name?: string | null;
  created?: number | null;
  owned_by?: string | null;
  max_context_length?: number | null;
}

/** All models in one list; what each can do is in `raw.capabilities`. */
export async function listModels(
  connection: MistralConnection,
  { headers }: ListModelsRequest,
  { signal }: CallContext,
): Promise<ModelInfo[]> {
  const response = await connection.send({
    path: "v1/models",
    operation: "list_models_v1_models_get",
    headers,
    signal,
  });
  const answer = await readJSON<{ data?: readonly WireModel[] } | readonly WireModel[] | null>(response);
  const data = (answer as { data?: readonly WireModel[] } | null)?.data ?? answer;
  if (!Array.isArray(data)) throw malformed("Mistral's answer is not a list of models", answer);
  return data.map((raw: WireModel) => ({
    id: raw.id,
    name: raw.name ?? undefined,
    createdAt: raw.created ? new Date(raw.created * 1000) : undefined,
    ownedBy: raw.owned_by ?? undefined,
    contextWindow: raw.max_context_length ?? undefined,
    raw,
  }));
}
