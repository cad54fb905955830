/**
 * `@llmux/core/answers`: what authors of adapters read answers with. Apart from `@llmux/core/adapter`, so that a program that streams
 * need not load it.
 */
export { excerpt, malformed, written } from "./malformed.js";
export { parseJSON, readAs, readJSON, readObject, readValue } from "./read-json.js";
export { parseOutput } from "./structured-output.js";
export { countIn, textIn, toolNameIn } from "./wire-values.js";
