import type { LLMErrorFacts } from "@llmux/core/adapter";

/** By the names of node-llama-cpp's error classes. Its other errors are told by their texts. */
const CLASSES: Readonly<Record<string, Pick<LLMErrorFacts, "kind" | "retryable">>> = {
  InsufficientMemoryError: { kind: "server", retryable: false },
  NoBinaryFoundError: { kind: "server", retryable: false },
  LlamaFunctionCallValidationError: { kind: "malformed-response" },
  DisposedError: { kind: "server" },
};

const TEXTS: readonly [RegExp, Pick<LLMErrorFacts, "kind" | "retryable" | "parameter">][] = [
  [/not supported for (this model|encoder-decoder models)/i, { kind: "invalid-request", parameter: "model" }],
  [/context size|context shift|too long to fit/i, { kind: "context-window-exceeded" }],
  [/lora/i, { kind: "invalid-request", parameter: "providerOptions.llama-cpp.lora" }],
  [/template is invalid/i, { kind: "invalid-request", parameter: "providerOptions.llama-cpp.rankingTemplate" }],
  [/memory|VRAM/, { kind: "server", retryable: false }],
];

/** What an error of node-llama-cpp's means; `undefined` for what is none. */
export function engineFailure(error: unknown): LLMErrorFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  const known = CLASSES[error.constructor.name] ?? TEXTS.find(([pattern]) => pattern.test(message))?.[1];
  if (!known) return undefined;
  const hint =
    error.constructor.name === "InsufficientMemoryError"
      ? ". A smaller contextSize, a smaller quantization or fewer maxModels need less"
      : "";
  return { ...known, message: `${message || error.constructor.name}${hint}` };
}
