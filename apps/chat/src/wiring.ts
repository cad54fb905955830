import { anthropic } from "@llmux/anthropic";
import { azure } from "@llmux/azure";
import { type FromEnvOptions, fromEnv, type LLM, type RetryNotice } from "@llmux/core";
import { ollama } from "@llmux/ollama";
import { openai } from "@llmux/openai";
import { withCost } from "@llmux/prices";

/**
 * The adapters that come with this application. For any other prefix, `LLM_MODEL=acme/…`, core imports `@llmux/acme` or
 * `llmux-adapter-acme` by itself: install the package, and nothing here changes.
 */
export const adapters: FromEnvOptions["adapters"] = [openai, azure, anthropic, ollama];

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The whole wiring: adapters in, what `LLM_MODEL` names out. It retries as the environment says and tells of every wait; five
 * minutes of silence count as a failure; every answer says what it cost, but for one of the offline provider's, which is free.
 */
export function connect(env: Env, onRetry: (retry: RetryNotice) => void, free = false): Promise<LLM> {
  return fromEnv({
    env,
    adapters,
    retry: { onRetry },
    timeout: { firstEvent: 300_000, betweenEvents: 300_000 },
    middleware: free ? [] : [withCost],
  });
}
