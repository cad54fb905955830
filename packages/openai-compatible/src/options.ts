import type { OpenAIApi } from "@llmux/openai";
import type { HostId } from "./hosts.js";

/**
 * `providerOptions.<host>`: any parameter of the host's, under its own name, as its document has it. They are sent as they are and win
 * over the neutral parameters.
 */
export type HostOptions = {
  /** The API for this call. */
  api?: OpenAIApi | undefined;
  [parameter: string]: unknown;
};

/** `providerMetadata.<host>`: what the host says beside the answer, under its own names. */
export type HostMetadata = {
  /** What the call cost in US dollars, from the hosts that say so. */
  costUSD?: number;
  /** The pages that the answer rests on, from the hosts that search. */
  citations?: readonly string[];
  search_results?: readonly { title?: string; url?: string; date?: string; snippet?: string }[];
  [field: string]: unknown;
};

/** Packages of their own, on the official SDKs, say what the options of these two are. */
type TypedHost = Exclude<HostId, "mistral" | "huggingface">;

declare module "@llmux/core" {
  interface ProviderOptions extends Partial<Record<TypedHost, HostOptions>> {}
  interface ProviderMetadata extends Partial<Record<TypedHost, HostMetadata>> {}
}
