import type { Adapter, EnvSource } from "./adapter-definition.js";
import type { LLMBackend } from "./backend.js";
import { LLMError } from "./errors.js";
import { candidates } from "./model-name.js";
import type { CallOptions, CountTokensRequest, EmbedRequest, GenerateRequest, ListModelsRequest, Timeouts } from "./request.js";
import type { CountTokensResult, EmbedResult, GenerateResult, ModelInfo } from "./result.js";
import type { StreamEvent } from "./stream-event.js";
import { deferStream } from "./streams.js";
import { mergeTimeouts } from "./merge-timeouts.js";

export interface RouterDefaults {
  model?: string | undefined;
  embeddingModel?: string | undefined;
  timeout?: Timeouts | undefined;
  dropParams?: boolean | undefined;
}

/** Sends each request to the adapter that its model names. Backends are made when they are first asked for. */
export class Router implements LLMBackend {
  readonly provider = "llmux";
  readonly #adapters: readonly Adapter[];
  readonly #sourceOf: (adapter: Adapter) => EnvSource;
  readonly #defaults: RouterDefaults;
  readonly #backends = new Map<Adapter, LLMBackend>();

  constructor(adapters: readonly Adapter[], sourceOf: (adapter: Adapter) => EnvSource, defaults: RouterDefaults) {
    this.#adapters = adapters;
    this.#sourceOf = sourceOf;
    this.#defaults = defaults;
    const owners = new Map<string, string>();
    for (const { id, aliases } of adapters) {
      for (const prefix of [id, ...aliases]) {
        const owner = owners.get(prefix);
        if (owner) throw new LLMError({ kind: "invalid-request", message: `Two adapters have the prefix "${prefix}": ${owner} and ${id}` });
        owners.set(prefix, id);
      }
    }
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    const { backend, model } = await this.#resolve(request.model ?? this.#defaults.model);
    return backend.generate(this.#complete(request, model));
  }

  stream(request: GenerateRequest): AsyncIterable<StreamEvent> {
    return deferStream(async () => {
      const { backend, model } = await this.#resolve(request.model ?? this.#defaults.model);
      return backend.stream(this.#complete(request, model));
    });
  }

  async embed(request: EmbedRequest): Promise<EmbedResult> {
    const { adapter, backend, model } = await this.#resolve(request.model ?? this.#defaults.embeddingModel);
    if (!backend.embed) throw lacks(adapter, "embeddings", model);
    return backend.embed(this.#complete(request, model));
  }

  async listModels(request: ListModelsRequest = {}): Promise<readonly ModelInfo[]> {
    const { provider } = request;
    const asked = provider === undefined ? this.#adapters : candidates(this.#adapters, `${provider}/`).adapters;
    if (asked.length === 0) throw await (await import("./routing-fault.js")).routingFault(this.#adapters, `${provider}/`);
    const lists = await Promise.all(
      asked.map(async (adapter) => {
        const backend = this.#backend(adapter);
        if (!backend.listModels) {
          if (provider === undefined) return [];
          throw lacks(adapter, "a list of models");
        }
        const models = await backend.listModels(this.#complete({ ...request, provider: undefined }, undefined));
        return models.map((info) => ({ ...info, id: `${adapter.id}/${info.id}` }));
      }),
    );
    return lists.flat();
  }

  async countTokens(request: CountTokensRequest): Promise<CountTokensResult> {
    const { adapter, backend, model } = await this.#resolve(request.model ?? this.#defaults.model);
    if (!backend.countTokens) throw lacks(adapter, "counting tokens", model);
    return backend.countTokens(this.#complete(request, model));
  }

  #complete<R extends CallOptions>(request: R, model: string | undefined): R & { model: string } {
    const { timeout, dropParams } = this.#defaults;
    return {
      ...request,
      model: model as string,
      timeout: timeout ? mergeTimeouts(timeout, request.timeout) : request.timeout,
      dropParams: request.dropParams ?? dropParams,
    };
  }

  async #resolve(name: string | undefined): Promise<Target> {
    const { model, adapters } = candidates(this.#adapters, typeof name === "string" ? name : "");
    const [adapter] = adapters;
    if (adapter && adapters.length === 1 && model !== "") return { adapter, backend: this.#backend(adapter), model };
    throw await (await import("./routing-fault.js")).routingFault(this.#adapters, name);
  }

  #backend(adapter: Adapter): LLMBackend {
    const known = this.#backends.get(adapter);
    if (known) return known;
    const backend = adapter.createBackend(this.#sourceOf(adapter));
    this.#backends.set(adapter, backend);
    return backend;
  }
}

interface Target {
  adapter: Adapter;
  backend: LLMBackend;
  model: string;
}

function lacks(adapter: Adapter, what: string, model?: string): LLMError {
  return new LLMError({ kind: "unsupported", provider: adapter.id, model, message: `${adapter.name} has no ${what}` });
}
