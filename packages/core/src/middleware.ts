import type { LLMBackend } from "./backend.js";
import { OPTIONAL_CALLS, type OptionalCall } from "./optional-calls.js";
import type { GenerateRequest } from "./request.js";
import type { GenerateResult } from "./result.js";
import type { StreamEvent } from "./stream-event.js";
import { deferStream } from "./streams.js";

/** A policy: takes a backend and gives one back that has the same methods, as those of {@link defineMiddleware} do. */
export type Middleware = (next: LLMBackend) => LLMBackend;

/** What of a backend a policy around it keeps: its methods, with their own types. */
export type Wrapped<B extends LLMBackend> = Pick<B, keyof LLMBackend>;

/** The calls that a backend may lack, as a middleware changes them: it is asked only where the backend behind has the call. */
type OtherParts = {
  [Name in OptionalCall]?: (
    request: Parameters<NonNullable<LLMBackend[Name]>>[0] & {},
    next: Required<LLMBackend>,
  ) => ReturnType<NonNullable<LLMBackend[Name]>>;
};

/**
 * The calls that a middleware changes; those it leaves out pass straight through. A method that the backend behind does not
 * have is not added.
 */
export interface MiddlewareParts extends OtherParts {
  /** Shown as the `provider` of the backend it gives back. Default: that of the backend behind. */
  name?: string | undefined;
  /** Changes the request of `generate` and `stream` before anything else sees it. */
  request?(request: GenerateRequest): GenerateRequest | Promise<GenerateRequest>;
  generate?(request: GenerateRequest, next: LLMBackend): Promise<GenerateResult>;
  stream?(request: GenerateRequest, next: LLMBackend): AsyncIterable<StreamEvent>;
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
    const generate = (request: GenerateRequest): Promise<GenerateResult> =>
      parts.generate ? parts.generate(request, next) : next.generate(request);
    const stream = (request: GenerateRequest): AsyncIterable<StreamEvent> =>
      parts.stream ? parts.stream(request, next) : next.stream(request);
    const change = parts.request?.bind(parts);
    const wrapped: LLMBackend = {
      provider: parts.name ?? next.provider,
      generate: change ? async (request) => generate(await change(request)) : generate,
      stream: change ? (request) => deferStream(async () => stream(await change(request))) : stream,
    };
    for (const name of OPTIONAL_CALLS) {
      if (!next[name]) continue;
      const part = parts[name] as ((request: never, next: LLMBackend) => Promise<unknown>) | undefined;
      const call = (request = {} as never): Promise<unknown> =>
        part ? part.call(parts, request, next) : next[name]!(request);
      wrapped[name] = call as never;
    }
    return wrapped;
  };
}
