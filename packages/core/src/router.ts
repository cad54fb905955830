import type { Adapter, EnvSource } from "./adapter-definition.js";
import type { LLMBackend } from "./backend.js";
import { CONTRACT } from "./contract.js";
import type { LLM } from "./create-llm.js";
import { mergeTimeouts } from "./merge-timeouts.js";
import { withPrefix } from "./model-name.js";
import { OPTIONAL_CALLS } from "./optional-calls.js";
import type { CallOptions, GenerateRequest, Timeouts } from "./request.js";
import type { GenerateResult } from "./result.js";
import type { StreamEvent } from "./stream-event.js";

export interface RouterDefaults {
  model?: string | undefined;
  embeddingModel?: string | undefined;
  timeout?: Timeouts | undefined;
  dropParams?: boolean | undefined;
}

/** What is needed where a model is a bare name, or leads nowhere. */
const late = (): Promise<typeof import("./route-late.js")> => import("./route-late.js");

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
  readonly defaults: RouterDefaults;
  readonly #sourceOf: (adapter: Adapter) => EnvSource;
  readonly #backends = new Map<Adapter, LLMBackend>();

  constructor(adapters: readonly Adapter[], sourceOf: (adapter: Adapter) => EnvSource, defaults: RouterDefaults) {
    this.adapters = adapters;
    this.#sourceOf = sourceOf;
    this.defaults = defaults;
    for (const name of OPTIONAL_CALLS) {
      const call = async (request: object = {}): Promise<unknown> =>
        (await import("./route-other-calls.js")).routeCall(this, name, request);
      this[name] = call as never;
    }
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    const name = request.model ?? this.defaults.model;
    const { backend, model } = this.find(name) ?? (await (await late()).resolveLate(this, name));
    return backend.generate(this.complete(request, model));
  }

  stream(request: GenerateRequest): AsyncIterable<StreamEvent> {
    const name = request.model ?? this.defaults.model;
    try {
      const target = this.find(name);
      // The adapter's own stream, with nothing in between.
      if (target) return target.backend.stream(this.complete(request, target.model));
    } catch {
      // Told by what follows, when it is iterated.
    }
    let opened: Promise<AsyncIterator<StreamEvent>> | undefined;
    const open = (): Promise<AsyncIterator<StreamEvent>> =>
      (opened ??= late().then(({ lateStream }) => lateStream(this, name, request)));
    const iterator = {
      [Symbol.asyncIterator]: () => iterator,
      next: async () => (await open()).next(),
      return: async () => (await open()).return!(),
    };
    return iterator;
  }

  /** The request as the adapter's backend gets it: the model without its prefix, and the defaults. */
  complete<R extends CallOptions>(request: R, model: string | undefined): R & { model: string } {
    const { timeout, dropParams } = this.defaults;
    return {
      ...request,
      model: model as string,
      ...(timeout && { timeout: mergeTimeouts(timeout, request.timeout) }),
      dropParams: request.dropParams ?? dropParams,
    };
  }

  /** Where a name with a prefix goes; what else a name may be is found out only then. */
  find(name: string | undefined): Target | undefined {
    const { model, adapters } = withPrefix(this.adapters, name);
    const [adapter] = adapters;
    return adapter && adapters.length === 1 && model !== "" && (adapter.contract ?? 1) === CONTRACT
      ? this.target(adapter, model)
      : undefined;
  }

  target(adapter: Adapter, model: string): Target {
    return { adapter, backend: this.backend(adapter), model };
  }

  backend(adapter: Adapter): LLMBackend {
    let backend = this.#backends.get(adapter);
    if (!backend) {
      backend = adapter.createBackend(this.#sourceOf(adapter));
      this.#backends.set(adapter, backend);
    }
    return backend;
  }
}

/** Where a request goes. */
export interface Target {
  adapter: Adapter;
  backend: LLMBackend;
  model: string;
}
