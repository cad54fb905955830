import type { LLMBackend } from "./backend.js";
import type { CountTokensRequest, EmbedRequest, GenerateRequest, ListModelsRequest } from "./request.js";
import type { CountTokensResult, EmbedResult, GenerateResult, ModelInfo } from "./result.js";
import type { StreamEvent } from "./stream-event.js";
import { deferStream } from "./streams.js";

/** A policy: takes a backend and gives one back that has the same methods, as those of {@link defineMiddleware} do. */
export type Middleware = (next: LLMBackend) => LLMBackend;

/** What of a backend a policy around it keeps: its methods, with their own types. */
export type Wrapped<B extends LLMBackend> = Pick<B, keyof LLMBackend>;

/**
 * The calls that a middleware changes; those it leaves out pass straight through. A method that the backend behind does not
 * have is not added.
 */
export interface MiddlewareParts {
  /** Shown as the `provider` of the backend it gives back. Default: that of the backend behind. */
  name?: string | undefined;
  /** Changes the request of `generate` and `stream` before anything else sees it. */
  request?(request: GenerateRequest): GenerateRequest | Promise<GenerateRequest>;
  generate?(request: GenerateRequest, next: LLMBackend): Promise<GenerateResult>;
  stream?(request: GenerateRequest, next: LLMBackend): AsyncIterable<StreamEvent>;
  embed?(request: EmbedRequest, next: Required<LLMBackend>): Promise<EmbedResult>;
  listModels?(request: ListModelsRequest, next: Required<LLMBackend>): Promise<readonly ModelInfo[]>;
  countTokens?(request: CountTokensRequest, next: Required<LLMBackend>): Promise<CountTokensResult>;
}

/**
 * Makes a middleware out of the calls that it changes.
 *
 * ```ts
 * const shout = defineMiddleware({
 *   async generate(request, next) {
 *     const result = await next.generate(request);
 *     return { ...result, text: result.text.toUpperCase() };
 *   },
 * });
 * ```
 */
export function defineMiddleware(parts: MiddlewareParts): Middleware {
  return (next) => {
    const whole = next as Required<LLMBackend>;
    const generate = (request: GenerateRequest): Promise<GenerateResult> =>
      parts.generate ? parts.generate(request, next) : next.generate(request);
    const stream = (request: GenerateRequest): AsyncIterable<StreamEvent> =>
      parts.stream ? parts.stream(request, next) : next.stream(request);
    const change = parts.request?.bind(parts);
    return {
      provider: parts.name ?? next.provider,
      generate: change ? async (request) => generate(await change(request)) : generate,
      stream: change ? (request) => deferStream(async () => stream(await change(request))) : stream,
      ...(next.embed && {
        embed: (request) => (parts.embed ? parts.embed(request, whole) : whole.embed(request)),
      }),
      ...(next.listModels && {
        listModels: (request = {}) => (parts.listModels ? parts.listModels(request, whole) : whole.listModels(request)),
      }),
      ...(next.countTokens && {
        countTokens: (request) => (parts.countTokens ? parts.countTokens(request, whole) : whole.countTokens(request)),
      }),
    };
  };
}
