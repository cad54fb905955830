import type { Usage } from "@llmux/core";

/** Parts of the counts that `Usage` does not tell apart and that have prices of their own. 0 where nothing says so. */
export interface UsageDetails {
  cacheWrite1h: number;
  audioInput: number;
  audioCached: number;
  audioOutput: number;
  imageInput: number;
  imageCached: number;
  imageOutput: number;
  webSearches: number;
  /** Of audio. */
  seconds: number | undefined;
}

type Bag = Readonly<Record<string, unknown>>;

/** Reads them from the provider's own usage object, by the names that Anthropic, Bedrock, OpenAI and Google give them. */
export function usageDetails(raw: Usage["raw"]): UsageDetails {
  const details: UsageDetails = {
    cacheWrite1h: 0,
    audioInput: 0,
    audioCached: 0,
    audioOutput: 0,
    imageInput: 0,
    imageCached: 0,
    imageOutput: 0,
    webSearches: 0,
    seconds: undefined,
  };
  // Where one call took several requests, there is a usage for each.
  if (Array.isArray(raw)) for (const one of raw) add(details, one);
  else add(details, raw);
  return details;
}

function add(to: UsageDetails, raw: unknown): void {
  if (!isBag(raw)) return;
  to.cacheWrite1h += count(bag(raw.cache_creation).ephemeral_1h_input_tokens);
  for (const { ttl, inputTokens } of bags(raw.cacheDetails)) if (ttl === "1h") to.cacheWrite1h += count(inputTokens);
  to.webSearches += count(bag(raw.server_tool_use).web_search_requests);

  const input = bag(raw.prompt_tokens_details ?? raw.input_tokens_details ?? raw.input_token_details);
  const output = bag(raw.completion_tokens_details ?? raw.output_tokens_details ?? raw.output_token_details);
  const cached = bag(input.cached_tokens_details);
  to.audioInput += count(input.audio_tokens) + modality(raw.promptTokensDetails, "AUDIO");
  to.imageInput += count(input.image_tokens) + modality(raw.promptTokensDetails, "IMAGE");
  to.audioCached += count(cached.audio_tokens) + modality(raw.cacheTokensDetails, "AUDIO");
  to.imageCached += count(cached.image_tokens) + modality(raw.cacheTokensDetails, "IMAGE");
  to.audioOutput += count(output.audio_tokens) + modality(raw.candidatesTokensDetails, "AUDIO");
  to.imageOutput += count(output.image_tokens) + modality(raw.candidatesTokensDetails, "IMAGE");
  if (typeof raw.seconds === "number") to.seconds = (to.seconds ?? 0) + count(raw.seconds);
}

function modality(list: unknown, name: string): number {
  let tokens = 0;
  for (const { modality, tokenCount } of bags(list)) if (modality === name) tokens += count(tokenCount);
  return tokens;
}

const NOTHING: Bag = {};

function bag(value: unknown): Bag {
  return isBag(value) ? value : NOTHING;
}

function bags(value: unknown): readonly Bag[] {
  return Array.isArray(value) ? value.filter(isBag) : [];
}

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null;
}

function count(value: unknown): number {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : 0;
}
