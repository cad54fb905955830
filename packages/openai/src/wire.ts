/**
 * `@llmux/openai/wire`: the translation of OpenAI's wire format, for adapters of other hosts that speak it. Give it a client of the
 * `openai` SDK that points there, and say as data in what the host differs.
 */
export { createOpenAIBackend, type OpenAIBackendOptions } from "./backend.js";
export { BODY_METADATA, CHOICE_METADATA, RESPONSES_MODELS, type WireHost } from "./host.js";
export type { OpenAIApi, OpenAIOptions } from "./options.js";
export type { OtherCall } from "./other-call.js";
