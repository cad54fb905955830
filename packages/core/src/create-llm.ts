import type { Adapter, EnvSource } from "./adapter-definition.js";
import { applyMiddleware } from "./apply-middleware.js";
import type { LLMBackend } from "./backend.js";
import type { Middleware } from "./middleware.js";
import type { GenerateRequest, OutputFormat, Timeouts } from "./request.js";
import type { GenerateResult } from "./result.js";
import { Router } from "./router.js";
import type { InferSchema, Schema } from "./schema.js";
import type { StreamEvent } from "./stream-event.js";

/**
 * A backend for applications: every method is there, and structured output is typed by its schema. What the provider has not
 * is an `unsupported` error. `listModels` names the models of one adapter, or of all that are configured, each
 * with its prefix.
 */
export interface LLM extends Required<LLMBackend> {
  generate<S extends Schema>(
    // Not an intersection: of the two `output`s, TypeScript 5 gives up on arktype's and infers nothing from zod 3's.
    request: Omit<GenerateRequest, "output"> & { output: OutputFormat<S> },
  ): Promise<GenerateResult<InferSchema<S>>>;
  generate(request: GenerateRequest): Promise<GenerateResult>;
  stream(request: GenerateRequest): AsyncIterable<StreamEvent>;
}

export interface LLMOptions {
  /** For requests that name no model: `prefix/model`, or a bare name. */
  model?: string | undefined;
  /** For embedding requests that name no model. */
  embeddingModel?: string | undefined;
  /** For calls that name none of their own. */
  timeout?: Timeouts | undefined;
  /** The first is outermost. */
  middleware?: readonly Middleware[] | undefined;
  /** For requests that don't say: leave out what a provider can't do, with a warning, instead of failing. */
  dropParams?: boolean | undefined;
}

export interface CreateLLMOptions extends LLMOptions {
  /** `openai()` with or without a configuration, or `openai` as it stands. */
  adapters: readonly Adapter[];
  /** Where adapters read what their configuration leaves out. Default: the process's environment, where there is one. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * One backend over several adapters, chosen by each request's model. Every call is tried once: for retries put `withRetry` around.
 *
 * Where two adapters share a prefix, a call with that prefix is an `invalid-request` error.
 */
export function createLLM({ adapters, env = processEnv(), ...options }: CreateLLMOptions): LLM {
  const source: EnvSource = { variables: env };
  return assembleLLM(adapters, () => source, options);
}

/** The environment of a process that has one; an edge runtime or a browser has none. */
export function processEnv(): Readonly<Record<string, string | undefined>> {
  return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {};
}

/** @internal Also used by `fromEnv`, which puts its retries between the router and the application's middleware. */
export function assembleLLM(
  adapters: readonly Adapter[],
  sourceOf: (adapter: Adapter) => EnvSource,
  { middleware = [], ...defaults }: LLMOptions,
  policy?: Middleware,
): LLM {
  const router = new Router(adapters, sourceOf, defaults);
  return applyMiddleware<LLMBackend>(policy ? policy(router) : router, ...middleware) as LLM;
}
