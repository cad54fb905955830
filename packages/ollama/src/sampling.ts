import type { AdapterRequest } from "@llmux/core/adapter";
import type { Options } from "ollama/browser";

/** The model options that the neutral parameters stand for; `undefined` where none was given. */
export function samplingOptions(request: AdapterRequest): Partial<Options> | undefined {
  const options = {
    num_predict: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    seed: request.seed,
    stop: request.stopSequences && [...request.stopSequences],
  };
  let said: Record<string, unknown> | undefined;
  for (const name in options) {
    const value = options[name as keyof typeof options];
    if (value === undefined) continue;
    said ??= {};
    said[name] = value;
  }
  return said;
}
