/**
 * `@llmux/langchain`: an LLMBackend as LangChain's chat model and embeddings.
 */
export type { LLMuxCallOptions } from "./call-options.js";
export { ChatLLMux, type ChatLLMuxFields } from "./chat-model.js";
export { LLMuxEmbeddings, type LLMuxEmbeddingsFields } from "./embeddings.js";
