/** The API's JSON, as far as the adapter looks into it: https://ai.google.dev/api/generate-content. Anything may be missing, or null. */
export interface WirePart extends Record<string, unknown> {
  text?: string | null;
  thought?: boolean | null;
  thoughtSignature?: string | null;
  functionCall?: WireFunctionCall | null;
  inlineData?: { mimeType?: string | null; data?: string | null } | null;
  fileData?: { mimeType?: string | null; fileUri?: string | null } | null;
}

export interface WireFunctionCall extends Record<string, unknown> {
  id?: string | null;
  name?: string | null;
  args?: Record<string, unknown> | null;
  /** Pieces of arguments, where they stream (Vertex AI). */
  partialArgs?: readonly WirePartialArg[] | null;
  willContinue?: boolean | null;
}

export interface WirePartialArg {
  /** RFC 9535, such as `$.places[0].name`. */
  jsonPath?: string | null;
  stringValue?: string | null;
  numberValue?: number | null;
  boolValue?: boolean | null;
  nullValue?: unknown;
  /** Whether more of the same string follows. */
  willContinue?: boolean | null;
}

export interface WireCandidate extends Record<string, unknown> {
  index?: number | null;
  content?: { parts?: readonly WirePart[] | WirePart | null } | null;
  /** A number where the caller asked for enums as integers. */
  finishReason?: string | number | null;
  groundingMetadata?: WireGrounding | null;
  citationMetadata?: WireCitations | null;
}

export interface WireGrounding extends Record<string, unknown> {
  groundingChunks?: readonly Record<string, { uri?: string; title?: string } | undefined>[] | null;
  groundingSupports?: readonly WireSupport[] | null;
}

export interface WireSupport {
  segment?: WireSegment | null;
  groundingChunkIndices?: readonly number[] | null;
}

/** Offsets are in bytes of UTF-8. */
export interface WireSegment {
  startIndex?: number | null;
  endIndex?: number | null;
  text?: string | null;
}

/** `citationSources` in the Gemini API, `citations` in Vertex AI. */
export interface WireCitations extends Record<string, unknown> {
  citationSources?: readonly WireSource[] | null;
  citations?: readonly WireSource[] | null;
}

export interface WireSource extends Omit<WireSegment, "text"> {
  uri?: string | null;
  title?: string | null;
}

export interface WireUsage extends Record<string, unknown> {
  promptTokenCount?: number | null;
  candidatesTokenCount?: number | null;
  thoughtsTokenCount?: number | null;
  toolUsePromptTokenCount?: number | null;
  cachedContentTokenCount?: number | null;
}

export interface WireResponse extends Record<string, unknown> {
  candidates?: readonly WireCandidate[] | null;
  promptFeedback?: { blockReason?: string | number | null } | null;
  usageMetadata?: WireUsage | null;
  modelVersion?: string | null;
  responseId?: string | null;
  createTime?: string | null;
  error?: unknown;
}

/** The objects of a list that may not be one: a single object stands for a list of it. */
export function listOf<T extends object>(given: readonly T[] | T | null | undefined): readonly T[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.filter((one): one is T => typeof one === "object" && one !== null);
}
