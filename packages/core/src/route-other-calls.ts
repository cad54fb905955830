import type { Adapter } from "./adapter-definition.js";
import { LLMError } from "./errors.js";
import { candidates } from "./model-name.js";
import type { CountTokensRequest, EmbedRequest, ListModelsRequest } from "./request.js";
import type { CountTokensResult, EmbedResult, ModelInfo } from "./result.js";
import type { Router, Target } from "./router.js";

// How a router sends on the calls that not every backend has. Loaded with the first of them: most programs only generate.

export async function embed(
  router: Router,
  { adapter, backend, model }: Target,
  request: EmbedRequest,
): Promise<EmbedResult> {
  if (!backend.embed) throw lacks(adapter, "has no embeddings", model);
  return backend.embed(router.complete(request, model));
}

export async function countTokens(
  router: Router,
  { adapter, backend, model }: Target,
  request: CountTokensRequest,
): Promise<CountTokensResult> {
  if (!backend.countTokens) throw lacks(adapter, "can't count tokens", model);
  return backend.countTokens(router.complete(request, model));
}

/** The models of one adapter, or of all, each with its prefix. */
export async function listModels(router: Router, request: ListModelsRequest): Promise<ModelInfo[]> {
  const { provider } = request;
  const asked = provider === undefined ? router.adapters : candidates(router.adapters, `${provider}/`).adapters;
  if (asked.length === 0)
    throw await (await import("./routing-fault.js")).routingFault(router.adapters, `${provider}/`);
  const lists = await Promise.all(
    asked.map(async (adapter) => {
      const backend = router.backend(adapter);
      if (!backend.listModels) {
        if (provider === undefined) return [];
        throw lacks(adapter, "has no list of models");
      }
      const models = await backend.listModels(router.complete({ ...request, provider: undefined }, undefined));
      return models.map((info) => ({ ...info, id: `${adapter.id}/${info.id}` }));
    }),
  );
  return lists.flat();
}

function lacks(adapter: Adapter, what: string, model?: string): LLMError {
  return new LLMError({ kind: "unsupported", provider: adapter.id, model, message: `${adapter.name} ${what}` });
}
