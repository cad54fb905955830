import type { ListModelsRequest, ModelInfo } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import { malformed, readObject } from "@llmux/core/answers";
import type { HuggingFaceConnection } from "./client.js";

interface WireModel {
  id?: string | null;
  created?: number | null;
  owned_by?: string | null;
}

/** The chat models that the router reaches, with their providers in `raw`; or what an endpoint serves. */
export async function listModels(
  connection: HuggingFaceConnection,
  { headers }: ListModelsRequest,
  { signal }: CallContext,
): Promise<ModelInfo[]> {
  const reply = await readObject<{ data?: unknown }>(await connection.models({ signal, headers }));
  if (!Array.isArray(reply.data)) throw malformed("The answer is no list of models", reply);
  return (reply.data as (WireModel | null)[]).flatMap((model) => {
    if (!model?.id) return [];
    const createdAt = model.created ? new Date(model.created * 1000) : undefined;
    return [{ id: model.id, name: model.id, createdAt, ownedBy: model.owned_by ?? undefined, raw: model }];
  });
}
