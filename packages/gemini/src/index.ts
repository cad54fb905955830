import type { Adapter } from "@llmux/core";
import { gemini } from "./gemini.js";
import { vertexAI } from "./vertex-ai.js";

export { type GeminiConfig, gemini } from "./gemini.js";
export type { GeminiOptions } from "./options.js";
export { type VertexAIConfig, vertexAI } from "./vertex-ai.js";

/** Both adapters of this package. */
const adapters: readonly Adapter[] = [gemini, vertexAI];
export default adapters;
