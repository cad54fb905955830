import type { ProviderMetadata, ProviderOptions } from "@llmux/core";
import type { GeminiOptions } from "./options.js";
import type { WirePart } from "./wire.js";

/** The two ids that this API's parts, options and metadata go by: what one of them gave is understood by the other. */
export type GoogleProvider = "gemini" | "vertex_ai";

const PROVIDERS: readonly string[] = ["gemini", "vertex_ai"] satisfies GoogleProvider[];

export function isOurs(provider: string): boolean {
  return PROVIDERS.includes(provider);
}

/** What was said for this provider; what was said for its twin holds beside it. */
export function optionsFor(provider: GoogleProvider, options: ProviderOptions | undefined): GeminiOptions | undefined {
  if (!options) return undefined;
  const { gemini, vertex_ai: vertex } = options;
  if (!gemini || !vertex) return gemini ?? vertex;
  return provider === "gemini" ? { ...vertex, ...gemini } : { ...gemini, ...vertex };
}

/** Google's seal on a part, from what an answer of this API's said of it. */
export function signatureOf(metadata: ProviderMetadata | undefined): Pick<WirePart, "thoughtSignature"> | undefined {
  const said = metadata?.gemini ?? metadata?.vertex_ai;
  return typeof said?.thoughtSignature === "string" ? { thoughtSignature: said.thoughtSignature } : undefined;
}
