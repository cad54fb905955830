import type { Adapter } from "./adapter-definition.js";
import type { LLMBackend } from "./backend.js";
import { candidates } from "./candidates.js";
import { contractFault } from "./contract-fault.js";
import { LLMError } from "./errors.js";
import type { OptionalCall } from "./optional-calls.js";
import type { CallOptions, ListModelsRequest } from "./request.js";
import type { ModelInfo } from "./result.js";
import { resolveLate } from "./route-late.js";
import type { Router } from "./router.js";

const LACKS: Readonly<Record<OptionalCall, string>> = {
  embed: "has no embeddings",
  listModels: "has no list of models",
  countTokens: "can't count tokens",
  rerank: "can't rerank",
  transcribe: "can't transcribe speech",
  speak: "can't speak",
  generateImage: "can't make images",
  moderate: "has no moderation",
};

/** How a router sends on the calls that not every backend has. Loaded with the first of them: most programs only generate. */
export async function routeCall(
  router: Router,
  name: OptionalCall,
  request: CallOptions & { model?: string },
): Promise<unknown> {
  if (name === "listModels") return listModels(router, request);
  const fallback = name === "embed" ? router.defaults.embeddingModel : name === "countTokens" && router.defaults.model;
  const called = request.model ?? (fallback || undefined);
  const { adapter, backend, model } = router.find(called) ?? (await resolveLate(router, called));
  if (!backend[name]) throw lacks(adapter, name, model);
  return backend[name](router.complete(request, model) as never);
}

/** The models of one adapter, or of all that are configured, each with its prefix. */
async function listModels(router: Router, request: ListModelsRequest): Promise<ModelInfo[]> {
  const { provider } = request;
  const asked = provider === undefined ? router.adapters : candidates(router.adapters, `${provider}/`).adapters;
  if (asked.length === 0)
    throw await (await import("./routing-fault.js")).routingFault(router.adapters, `${provider}/`);
  const unconfigured: unknown[] = [];
  const lists = await Promise.all(
    asked.map(async (adapter) => {
      const fault = contractFault(adapter);
      if (fault) throw fault;
      let backend: LLMBackend;
      try {
        backend = router.backend(adapter);
      } catch (error) {
        // An application that has many adapters and one key asks for what it can use.
        if (provider !== undefined) throw error;
        unconfigured.push(error);
        return [];
      }
      if (!backend.listModels) {
        if (provider === undefined) return [];
        throw lacks(adapter, "listModels");
      }
      const models = await backend.listModels(router.complete({ ...request, provider: undefined }, undefined));
      return models.map((info) => ({ ...info, id: `${adapter.id}/${info.id}` }));
    }),
  );
  if (unconfigured.length === asked.length) throw unconfigured[0];
  return lists.flat();
}

function lacks(adapter: Adapter, call: OptionalCall, model?: string): LLMError {
  const message = `${adapter.name} ${LACKS[call]}`;
  return new LLMError({ kind: "unsupported", provider: adapter.id, model, message });
}
