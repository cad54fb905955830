import type { LLMBackend } from "./backend.js";
import type { Middleware, Wrapped } from "./middleware.js";

/** A backend behind several middleware; the first is outermost, so it sees a request first and a result last. */
export function applyMiddleware<B extends LLMBackend>(backend: B, ...middleware: readonly Middleware[]): Wrapped<B> {
  return middleware.reduceRight<LLMBackend>((next, wrap) => wrap(next), backend) as LLMBackend as Wrapped<B>;
}
