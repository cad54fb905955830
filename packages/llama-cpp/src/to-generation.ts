import type { AdapterRequest } from "@llmux/core/adapter";
import type { LLamaChatGenerateResponseOptions } from "node-llama-cpp";
import { checkNumbers } from "./check-numbers.js";
import { defined } from "./defined.js";
import type { LlamaCppOptions } from "./options.js";

/**
 * How tokens are chosen. Where nothing is said the likeliest is taken each time, and repetition is not punished.
 * @throws LLMError `invalid-request` for a number that makes no sense
 */
export function toGeneration(request: AdapterRequest, options: LlamaCppOptions): LLamaChatGenerateResponseOptions {
  const { temperature, topP, topK, seed, stopSequences, maxTokens, frequencyPenalty, presencePenalty } = request;
  checkNumbers({ temperature, topP, topK, seed, maxTokens }, "");
  const penalised = frequencyPenalty !== undefined || presencePenalty !== undefined;
  const { minP, xtc, repeatPenalty, dryRepeatPenalty, trimWhitespaceSuffix } = options;
  // node-llama-cpp's own default is a penalty of 1.1.
  const punished = penalised ? { penalty: 1, ...defined({ frequencyPenalty, presencePenalty }) } : false;
  return {
    repeatPenalty: repeatPenalty ?? punished,
    ...defined({ temperature, topP, topK, seed, maxTokens, minP, xtc, dryRepeatPenalty, trimWhitespaceSuffix }),
    ...defined({ temperature: options.temperature, topP: options.topP, topK: options.topK, seed: options.seed }),
    ...(stopSequences?.length && { customStopTriggers: [...stopSequences] }),
  };
}
