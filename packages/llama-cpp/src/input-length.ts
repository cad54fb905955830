import { LLMError } from "@llmux/core/adapter";
import type { LlamaModel } from "node-llama-cpp";

/**
 * Contexts come in steps of 256 tokens and may so be larger than what the model was trained on, and past that an encoder has no
 * positions: llama.cpp would end the process.
 * @throws LLMError `context-window-exceeded`
 */
export function checkInputLength(length: number, what: string, { trainContextSize }: LlamaModel): void {
  if (length <= trainContextSize) return;
  throw new LLMError({
    kind: "context-window-exceeded",
    message: `${what} has ${length} tokens, and the model takes ${trainContextSize}`,
  });
}
