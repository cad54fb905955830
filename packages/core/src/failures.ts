/**
 * `@llmux/core/failures`: what authors of adapters map failures with. Apart from `@llmux/core/adapter` so that a program loads it
 * only once something has failed: import the file that uses it with `await import(…)`.
 */
export { connectionFacts } from "./connection-facts.js";
export { depthFault } from "./depth-fault.js";
export { kindFromStatus } from "./http-status.js";
export { readFailure } from "./read-failure.js";
export { retryAfterFrom } from "./retry-after.js";
export { redact } from "./secrets.js";
