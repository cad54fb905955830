import type { Adapter, EnvSource } from "./adapter-definition.js";
import type { LLMBackend } from "./backend.js";
import type { LLM } from "./create-llm.js";
import { LLMError } from "./errors.js";
import { mergeTimeouts } from "./merge-timeouts.js";
import { candidates } from "./model-name.js";
import { OPTIONAL_CALLS } from "./optional-calls.js";
import type { CallOptions, GenerateRequest, Timeouts } from "./request.js";
import type { GenerateResult } from "./result.js";
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
  declare embed: LLM["embed"];
  declare listModels: LLM["listModels"];
  declare countTokens: LLM["countTokens"];
  declare rerank: LLM["rerank"];
  declare transcribe: LLM["transcribe"];
  declare speak: LLM["speak"];
  declare generateImage: LLM["generateImage"];
  declare moderate: LLM["moderate"];
  readonly provider = "llmux";
  readonly adapters: readonly Adapter[];
  readonly #sourceOf: (adapter: Adapter) => EnvSource;
  readonly defaults: RouterDefaults;
  readonly #backends = new Map<Adapter, LLMBackend>();

  constructor(adapters: readonly Adapter[], sourceOf: (adapter: Adapter) => EnvSource, defaults: RouterDefaults) {
    this.adapters = adapters;
    this.#sourceOf = sourceOf;
    this.defaults = defaults;
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
    for (const name of OPTIONAL_CALLS) {
      const call = async (request: object = {}): Promise<unknown> =>
        (await import("./route-other-calls.js")).routeCall(this, name, request);
      this[name] = call as never;
    }
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    const { backend, model } = await this.resolve(request.model ?? this.defaults.model);
    return backend.generate(this.complete(request, model));
  }

  stream(request: GenerateRequest): AsyncIterable<StreamEvent> {
    return deferStream(async () => {
      const { backend, model } = await this.resolve(request.model ?? this.defaults.model);
      return backend.stream(this.complete(request, model));
    });
  }

  /** The request as the adapter's backend gets it: the model without its prefix, and the defaults. */
  complete<R extends CallOptions>(request: R, model: string | undefined): R & { model: string } {
    const { timeout, dropParams } = this.defaults;
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
