import type { InferenceTask } from "@huggingface/inference";
import { LLMError } from "@llmux/core/adapter";
import { readObject } from "@llmux/core/answers";
import type { ModelName } from "./model-name.js";

interface Mapping {
  provider?: string;
  status?: string;
  task?: string;
}

/**
 * The provider that serves a model for a task: the first that the Hub lists, in the order of the user's settings. The SDK would ask the
 * same, and print its choice to the console.
 *
 * @param ask asks the Hub for a model's providers
 * @throws LLMError `not-found` where none does, `invalid-request` for a policy, which is the router's and for chat alone
 */
export async function findProvider(
  { id, policy }: ModelName,
  task: InferenceTask,
  ask: (id: string) => Promise<Response>,
): Promise<string> {
  if (policy !== undefined) {
    const message = `":${policy}" is for chat alone; name the provider, or leave it out for the first that serves the model`;
    throw new LLMError({ kind: "invalid-request", parameter: "model", message });
  }
  const { inferenceProviderMapping: found } = await readObject<{ inferenceProviderMapping?: unknown }>(await ask(id));
  // A list, and before that an object by provider.
  const all: Mapping[] = Array.isArray(found)
    ? found
    : Object.entries((found ?? {}) as Record<string, Mapping>).map(([provider, mapping]) => ({ ...mapping, provider }));
  const wanted = task === "feature-extraction" ? [task, "sentence-similarity"] : [task];
  const fitting = all.filter((mapping) => wanted.includes(mapping?.task as InferenceTask));
  const provider = (fitting.find(({ status }) => status === "live") ?? fitting[0])?.provider;
  if (provider !== undefined) return provider;
  const message = `No inference provider serves ${id} for ${task}. See https://huggingface.co/${id}, or give an endpoint's baseURL`;
  throw new LLMError({ kind: "not-found", parameter: "model", message });
}
