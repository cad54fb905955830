import type { ListModelsRequest, ModelInfo } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import { malformed, readObject } from "@llmux/core/answers";
import type { CohereConnection } from "./client.js";

interface WireModels {
  models?: readonly { name?: string | null; context_length?: number | null }[] | null;
  next_page_token?: string | null;
}

/** All pages of `v1/models`. */
export async function listModels(
  connection: CohereConnection,
  { headers }: ListModelsRequest,
  { signal }: CallContext,
): Promise<ModelInfo[]> {
  const found: ModelInfo[] = [];
  const seen = new Set<string>();
  for (let path = "v1/models?page_size=1000"; ; ) {
    const reply = await readObject<WireModels>(await connection.send({ path, signal, headers }));
    if (!Array.isArray(reply.models)) throw malformed("The answer is no list of models", reply);
    for (const model of reply.models as NonNullable<WireModels["models"]>) {
      if (!model?.name) continue;
      found.push({ id: model.name, name: model.name, contextWindow: model.context_length || undefined, raw: model });
    }
    const next = reply.next_page_token;
    // A token that comes again would go round for ever.
    if (!next || seen.has(next)) return found;
    seen.add(next);
    path = `v1/models?page_size=1000&page_token=${encodeURIComponent(next)}`;
  }
}
