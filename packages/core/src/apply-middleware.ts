import type { LLMBackend } from "./backend.js";
import type { Middleware } from "./middleware.js";

/** A backend behind several middleware; the first is outermost, so it sees a request first and a result last. */
export function applyMiddleware(backend: LLMBackend, ...middleware: readonly Middleware[]): LLMBackend {
  return middleware.reduceRight((next, wrap) => wrap(next), backend);
}
