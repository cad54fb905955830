import type { ListModelsRequest, ModelInfo } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import { optionsOf, type Send } from "./backend.js";
import type { WireHost } from "./host.js";

interface WireModels {
  data?: WireModel[];
  has_more?: boolean;
}

interface WireModel {
  id: string;
  created?: number;
  owned_by?: string;
  /** The window's name differs from host to host. */
  context_window?: number;
  context_length?: number;
  max_model_len?: number;
}

/** Every page of the provider's list. */
export async function listModels(
  send: Send,
  _host: WireHost,
  request: ListModelsRequest,
  context: CallContext,
): Promise<ModelInfo[]> {
  const options = optionsOf(request, context);
  const models: ModelInfo[] = [];
  for (let after: string | undefined; ; ) {
    const query = after === undefined ? options : { ...options, query: { after } };
    const response = await send("/models", undefined, (client) => client.models.list(query));
    const answer = await readJSON<WireModels | WireModel[]>(response);
    // Together's is a bare list.
    const page = Array.isArray(answer) ? { data: answer } : answer;
    if (!Array.isArray(page?.data)) throw malformed("The provider's answer is not a list of models", answer);
    models.push(...page.data.map(toModelInfo));
    const last = page.data[page.data.length - 1]?.id;
    if (!page.has_more || last === undefined || last === after) return models;
    after = last;
  }
}

function toModelInfo(raw: WireModel): ModelInfo {
  return {
    id: raw.id,
    createdAt: raw.created ? new Date(raw.created * 1000) : undefined,
    ownedBy: raw.owned_by,
    contextWindow: raw.context_window ?? raw.context_length ?? raw.max_model_len,
    raw,
  };
}
