import type { CallOptions } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import { checkNumbers } from "./check-numbers.js";
import type { LlamaCppOptions } from "./options.js";

/**
 * What a request says to this adapter alone.
 * @throws LLMError `unsupported` for headers, `invalid-request` for numbers that make no sense
 */
export function requestOptions(
  { headers, providerOptions }: Pick<CallOptions, "headers" | "providerOptions">,
  context: CallContext,
): LlamaCppOptions {
  if (headers && Object.keys(headers).length > 0) context.unsupported("headers", "nothing is sent anywhere");
  const options = providerOptions?.["llama-cpp"] ?? {};
  checkNumbers(options, "providerOptions.llama-cpp.");
  return options;
}
