import type { Adapter, EnvSource } from "./adapter-definition.js";
import type { LLMBackend } from "./backend.js";
import { LLMError } from "./errors.js";
import { mergeTimeouts } from "./merge-timeouts.js";
import { candidates } from "./model-name.js";
import type {
  CallOptions,
  CountTokensRequest,
  EmbedRequest,
  GenerateRequest,
  ListModelsRequest,
  Timeouts,
} from "./request.js";
import type { CountTokensResult, EmbedResult, GenerateResult, ModelInfo } from "./result.js";
import type { StreamEvent } from "./stream-event.js";
import { deferStream } from "./streams.js";

export interface RouterDefaults {
  model?: string | undefined;
  embeddingModel?: string | undefined;
  timeout?: Timeouts | undefined;
  dropParams?: boolean | undefined;
}

/** Sends each request to the adapter that its model names. Backends are made when they are first asked for. */
export class Router implements LLMBackend {
  readonly provider = "llmux";
  readonly adapters: readonly Adapter[];
  readonly #sourceOf: (adapter: Adapter) => EnvSource;
  readonly #defaults: RouterDefaults;
  readonly #backends = new Map<Adapter, LLMBackend>();

  constructor(adapters: readonly Adapter[], sourceOf: (adapter: Adapter) => EnvSource, defaults: RouterDefaults) {
    this.adapters = adapters;
    this.#sourceOf = sourceOf;
    this.#defaults = defaults;
    const owners = new Map<string, string>();
    for (const { id, aliases } of adapters) {
      for (const prefix of [id, ...aliases]) {
        const owner = owners.get(prefix);
        if (owner)
          throw new LLMError({
            kind: "invalid-request",
            message: `Two adapters have the prefix "${prefix}": ${owner} and ${id}`,
          });
        owners.set(prefix, id);
      }
    }
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    const { backend, model } = await this.resolve(request.model ?? this.#defaults.model);
    return backend.generate(this.complete(request, model));
  }

  stream(request: GenerateRequest): AsyncIterable<StreamEvent> {
    return deferStream(async () => {
      const { backend, model } = await this.resolve(request.model ?? this.#defaults.model);
      return backend.stream(this.complete(request, model));
    });
  }

  async embed(request: EmbedRequest): Promise<EmbedResult> {
    const target = await this.resolve(request.model ?? this.#defaults.embeddingModel);
    return (await import("./route-other-calls.js")).embed(this, target, request);
  }

  async listModels(request: ListModelsRequest = {}): Promise<readonly ModelInfo[]> {
    return (await import("./route-other-calls.js")).listModels(this, request);
  }

  async countTokens(request: CountTokensRequest): Promise<CountTokensResult> {
    const target = await this.resolve(request.model ?? this.#defaults.model);
    return (await import("./route-other-calls.js")).countTokens(this, target, request);
  }

  /** The request as the adapter's backend gets it: the model without its prefix, and the defaults. */
  complete<R extends CallOptions>(request: R, model: string | undefined): R & { model: string } {
    const { timeout, dropParams } = this.#defaults;
    return {
      ...request,
      model: model as string,
      timeout: timeout ? mergeTimeouts(timeout, request.timeout) : request.timeout,
      dropParams: request.dropParams ?? dropParams,
    };
  }

  /** The adapter that a model name means. */
  async resolve(name: string | undefined): Promise<Target> {
    const { model, adapters } = candidates(this.adapters, typeof name === "string" ? name : "");
    const [adapter] = adapters;
    if (adapter && adapters.length === 1 && model !== "") return { adapter, backend: this.backend(adapter), model };
    throw await (await import("./routing-fault.js")).routingFault(this.adapters, name);
  }

  backend(adapter: Adapter): LLMBackend {
    const known = this.#backends.get(adapter);
    if (known) return known;
    const backend = adapter.createBackend(this.#sourceOf(adapter));
    this.#backends.set(adapter, backend);
    return backend;
  }
}

/** Where a request goes. */
export interface Target {
  adapter: Adapter;
  backend: LLMBackend;
  model: string;
}
