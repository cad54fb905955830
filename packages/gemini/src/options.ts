import type { GenerateContentConfig } from "@google/genai/web";

/** Fields of `generationConfig`, which may also stand beside it, as in the SDK's `config`. */
export const GENERATION_CONFIG = [
  "audioTimestamp",
  "candidateCount",
  "enableAffectiveDialog",
  "enableEnhancedCivicAnswers",
  "frequencyPenalty",
  "imageConfig",
  "logprobs",
  "maxOutputTokens",
  "mediaResolution",
  "modelConfig",
  "presencePenalty",
  "responseJsonSchema",
  "responseLogprobs",
  "responseMimeType",
  "responseModalities",
  "responseSchema",
  "routingConfig",
  "seed",
  "speechConfig",
  "stopSequences",
  "temperature",
  "thinkingConfig",
  "topK",
  "topP",
] as const;

/**
 * What `providerOptions.gemini` or `providerOptions.vertex_ai` may hold. On a request: any field of the API's request
 * (`safetySettings`, `cachedContent`, `toolConfig`, `labels`, `serviceTier`, …) and of its `generationConfig`, there or beside it
 * (`thinkingConfig`, `responseModalities`, `speechConfig`, `imageConfig`, `mediaResolution`, …); it wins over what the neutral parameters
 * say. On a part: fields put on it (`videoMetadata`, `mediaResolution`); on a tool: on its declaration. On `embed`: `taskType`, `title`,
 * `autoTruncate`; on `generateImage` with an Imagen model: its `parameters`.
 */
export interface GeminiOptions
  extends Partial<
    Omit<
      GenerateContentConfig,
      | "httpOptions"
      | "abortSignal"
      | "automaticFunctionCalling"
      | "systemInstruction"
      | "tools"
      | "shouldReturnHttpResponse"
    >
  > {
  generationConfig?: Readonly<Record<string, unknown>> | undefined;
  /** What the API understands and these types don't know yet. */
  [parameter: string]: unknown;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    gemini?: GeminiOptions | undefined;
    vertex_ai?: GeminiOptions | undefined;
  }
}
