import type { ProviderOptions } from "@llmux/core";
import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { LLMUX } from "../shared/llmux-facts.js";
import { type Names, toModelOptions } from "./names.js";

type Wanted = Pick<AdapterRequest, "user" | "cacheKey" | "parallelToolCalls" | "reasoning" | "output">;

/**
 * What the AI SDK's call options have no word for, in the words of the providers that take it all the same, by the key of their
 * options. From their option schemas: https://github.com/vercel/ai/tree/main/packages.
 */
const KNOWN: Readonly<Record<string, Readonly<Record<string, (value: never) => object>>>> = {
  openai: openAI(),
  azure: openAI(),
  [LLMUX]: {
    user: (user) => ({ user }),
    cacheKey: (cacheKey) => ({ cacheKey }),
    parallelToolCalls: (parallelToolCalls) => ({ parallelToolCalls }),
    budgetTokens: (reasoningBudget) => ({ reasoningBudget }),
    lenient: () => ({ strictOutput: false }),
  },
  groq: {
    user: (user) => ({ user }),
    parallelToolCalls: (parallelToolCalls) => ({ parallelToolCalls }),
    effort: (reasoningEffort) => ({ reasoningEffort }),
  },
  mistral: { parallelToolCalls: (parallelToolCalls) => ({ parallelToolCalls }) },
  xai: { effort: (reasoningEffort) => ({ reasoningEffort }) },
  anthropic: {
    user: (userId) => ({ metadata: { userId } }),
    parallelToolCalls: (parallel) => ({ disableParallelToolUse: !parallel }),
    budgetTokens: (budgetTokens) => ({ thinking: { type: "enabled", budgetTokens } }),
  },
  google: { budgetTokens: (thinkingBudget) => ({ thinkingConfig: { thinkingBudget } }) },
  bedrock: { budgetTokens: (budgetTokens) => ({ reasoningConfig: { type: "enabled", budgetTokens } }) },
};

function openAI(): Readonly<Record<string, (value: never) => object>> {
  return {
    user: (user) => ({ user }),
    cacheKey: (promptCacheKey) => ({ promptCacheKey }),
    parallelToolCalls: (parallelToolCalls) => ({ parallelToolCalls }),
    effort: (reasoningEffort) => ({ reasoningEffort }),
    lenient: () => ({ strictJsonSchema: false }),
  };
}

/** Under which the neutral parameters are said. */
export function optionsKeyOf({ key, own }: Names): string {
  return own ? LLMUX : key;
}

/** The options of the provider under `key` that say what the neutral parameters say; `version` is its specification's. */
export function knownOptions(request: Wanted, key: string, version: string, context: CallContext): object | undefined {
  const { user, cacheKey, parallelToolCalls, reasoning, output } = request;
  const known = Object.hasOwn(KNOWN, key) ? (KNOWN[key] as (typeof KNOWN)[string]) : {};
  const options: object = {};
  const say = (parameter: string, name: string, value: unknown): void => {
    if (value === undefined) return;
    const how = known[name];
    if (how) Object.assign(options, how(value as never));
    else context.unsupported(parameter, `say it in the provider's own words, in providerOptions.${key}`);
  };
  say("user", "user", user);
  say("cacheKey", "cacheKey", cacheKey);
  say("parallelToolCalls", "parallelToolCalls", parallelToolCalls);
  say("reasoning.budgetTokens", "budgetTokens", reasoning?.budgetTokens);
  if (version !== "v4") say("reasoning.effort", "effort", reasoning?.effort);
  // A wish to be held to the schema loosely is no demand: a provider that can't has nothing to leave out.
  if (output?.schema && !output.strict && known.lenient) Object.assign(options, known.lenient(true as never));
  return Object.keys(options).length > 0 ? options : undefined;
}

/** The same of the calls beside chat. */
const OTHERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  [LLMUX]: { embed: ["user"], generateImage: ["user"], transcribe: ["language", "prompt", "temperature", "filename"] },
  openai: {
    embed: ["user", "dimensions"],
    generateImage: ["user"],
    transcribe: ["language", "prompt", "temperature", "timestamps"],
  },
  azure: {
    embed: ["user", "dimensions"],
    generateImage: ["user"],
    transcribe: ["language", "prompt", "temperature", "timestamps"],
  },
  groq: { transcribe: ["language", "prompt", "temperature", "timestamps"] },
};

/** The `providerOptions` of a call beside chat, with the parameters that its options have no word for. */
export function otherOptions(
  wanted: Readonly<Record<string, unknown>>,
  call: string,
  { providerOptions }: { providerOptions?: ProviderOptions | undefined },
  names: Names,
  context: CallContext,
): Record<string, never> | undefined {
  const key = optionsKeyOf(names);
  const known = (Object.hasOwn(OTHERS, key) && OTHERS[key]?.[call]) || [];
  const own: Record<string, unknown> = {};
  for (const [parameter, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    if (known.includes(parameter)) own[parameter === "timestamps" ? "timestampGranularities" : parameter] = value;
    else context.unsupported(parameter, `say it in the provider's own words, in providerOptions.${key}`);
  }
  return toModelOptions(names, Object.keys(own).length > 0 ? { [key]: own } : undefined, providerOptions);
}
