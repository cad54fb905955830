import type { CallOptions } from "@llmux/core";
import { type CallContext, LLMError } from "@llmux/core/adapter";
import { checkNumbers } from "./check-numbers.js";
import type { Settings } from "./config.js";
import type { LlamaCppOptions } from "./options.js";

/** What takes memory or names files, which is not for the callers of a server to decide. */
const LOADING: readonly (keyof LlamaCppOptions)[] = [
  "contextSize",
  "gpuLayers",
  "batchSize",
  "threads",
  "flashAttention",
  "lora",
  "useMmap",
  "useMlock",
  "swaFullCache",
];

/**
 * What a request says to this adapter alone.
 * @throws LLMError `unsupported` for headers, `invalid-request` for numbers that make no sense, `permission` for options of loading
 * where callers are confined
 */
export function requestOptions(
  { headers, providerOptions }: Pick<CallOptions, "headers" | "providerOptions">,
  context: CallContext,
  { confined }: Pick<Settings, "confined">,
): LlamaCppOptions {
  if (headers && Object.keys(headers).length > 0) context.unsupported("headers", "nothing is sent anywhere");
  const options = providerOptions?.["llama-cpp"] ?? {};
  const loading = confined ? LOADING.find((name) => options[name] !== undefined) : undefined;
  if (loading !== undefined) {
    const parameter = `providerOptions.llama-cpp.${loading}`;
    throw new LLMError({ kind: "permission", parameter, message: `${parameter} is not for callers to set here` });
  }
  checkNumbers(options, "providerOptions.llama-cpp.");
  return options;
}
