/**
 * What is known of a model; what is not known is `undefined`. Facts are the list of genai-prices', which comes with the package, or LiteLLM's, whose
 * field is named, where `refreshModelFacts` or `setModelFacts` brought it in.
 */
export interface ModelFacts {
  /** The list's own name of it, which is another where dated versions cost the same; LiteLLM's where the list has none. */
  id?: string | undefined;
  /** genai-prices'. */
  name?: string | undefined;
  /** genai-prices'. */
  description?: string | undefined;
  /** What calls it is for: LiteLLM's `mode`. */
  kind?: ModelKind | undefined;
  /** Most tokens of a call, input and output together with most providers: genai-prices'. */
  contextWindow?: number | undefined;
  /** Most input tokens: LiteLLM's `max_input_tokens`. With many providers the whole context window. */
  maxInputTokens?: number | undefined;
  /** Most output tokens: LiteLLM's `max_output_tokens`. */
  maxOutputTokens?: number | undefined;
  /** Numbers in a vector of an embedding model, unless others are asked for: LiteLLM's `output_vector_size`. */
  dimensions?: number | undefined;
  abilities?: ModelAbilities | undefined;
  /** Whether the provider has announced its end: genai-prices'. */
  deprecated?: boolean | undefined;
  /**
   * The day on which the provider shuts it down, or the first on which it may, as midnight in UTC: LiteLLM's `deprecation_date`. May be past. Of the
   * exact name alone: a dated version ends on a day of its own.
   */
  retiresAt?: Date | undefined;
}

/** `chat` is for `generate` and `stream`; `completion` continues a text. */
export type ModelKind =
  | "chat"
  | "completion"
  | "embedding"
  | "rerank"
  | "transcription"
  | "speech"
  | "image"
  | "video"
  | "moderation"
  | "realtime";

/** What a model can do. `false` only where that is said of it; where nothing is said it is `undefined`. */
export interface ModelAbilities {
  /** `tools`: LiteLLM's `supports_function_calling`. */
  tools?: boolean | undefined;
  /** Several tool calls in one answer, and so `parallelToolCalls`: `supports_parallel_function_calling`. */
  parallelToolCalls?: boolean | undefined;
  /** `toolChoice`: `supports_tool_choice`. */
  toolChoice?: boolean | undefined;
  /** `output` by a JSON Schema: `supports_response_schema`. */
  structuredOutput?: boolean | undefined;
  /** Messages of the role `system`: `supports_system_messages`. */
  systemMessages?: boolean | undefined;
  /** `image` parts: `supported_input_modalities` or `supported_modalities`, else `supports_vision`. */
  imageInput?: boolean | undefined;
  /** PDFs as `file` parts: `supports_pdf_input`. */
  pdfInput?: boolean | undefined;
  /** `audio` parts: the modalities, else `supports_audio_input`. */
  audioInput?: boolean | undefined;
  /** The modalities, else `supports_video_input`. */
  videoInput?: boolean | undefined;
  /** `supported_output_modalities`, else `supports_audio_output`. */
  audioOutput?: boolean | undefined;
  /** `supported_output_modalities`. */
  imageOutput?: boolean | undefined;
  /** Thinks before it answers: `supports_reasoning`. */
  reasoning?: boolean | undefined;
  /** Tokens read before are cheaper: `supports_prompt_caching`. */
  promptCaching?: boolean | undefined;
  /** Searches the web by a tool of the provider's: `supports_web_search`. */
  webSearch?: boolean | undefined;
}

/** Several sources' facts as one, the first that knows a fact before the others, ability by ability. */
export function mergeFacts(...sources: readonly (ModelFacts | undefined)[]): ModelFacts | undefined {
  const known = sources.filter((source) => source !== undefined);
  if (known.length === 0) return undefined;
  const facts = firstKnown(known);
  const abilities = known.flatMap((source) => source.abilities ?? []);
  return abilities.length === 0 ? facts : { ...facts, abilities: firstKnown(abilities) };
}

function firstKnown<T extends object>(sources: readonly T[]): T {
  const merged: Partial<T> = {};
  for (const source of sources.toReversed())
    for (const [name, fact] of Object.entries(source)) if (fact !== undefined) merged[name as keyof T] = fact;
  return merged as T;
}
