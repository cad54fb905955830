import type { GenerateImageRequest, GenerateImageResult } from "./generate-image.js";
import type { ModerateRequest, ModerateResult } from "./moderate.js";
import type { CountTokensRequest, EmbedRequest, GenerateRequest, ListModelsRequest } from "./request.js";
import type { RerankRequest, RerankResult } from "./rerank.js";
import type { CountTokensResult, EmbedResult, GenerateResult, ModelInfo } from "./result.js";
import type { SpeakRequest, SpeakResult } from "./speak.js";
import type { StreamEvent } from "./stream-event.js";
import type { TranscribeRequest, TranscribeResult } from "./transcribe.js";

/**
 * The one idea: an adapter's backend, a policy around it, a router over many are all an `LLMBackend`. Grows by optional
 * methods only, so that what implements today's works with tomorrow's.
 */
export interface LLMBackend {
  /** Id of the adapter behind it, or the policy's own name where there is more than one. */
  readonly provider: string;
  /** @throws LLMError */
  generate(request: GenerateRequest): Promise<GenerateResult>;
  /**
   * Begins when it is first iterated; leaving the loop cancels the HTTP request. Iterate it once. The iterator throws LLMError;
   * a stream that ends without the provider's own end marker throws too.
   */
  stream(request: GenerateRequest): AsyncIterable<StreamEvent>;
  /** @throws LLMError */
  embed?(request: EmbedRequest): Promise<EmbedResult>;
  /** @throws LLMError */
  listModels?(request?: ListModelsRequest): Promise<readonly ModelInfo[]>;
  /** Asks the provider how many input tokens a request would be. @throws LLMError */
  countTokens?(request: CountTokensRequest): Promise<CountTokensResult>;
  /** Orders documents by their relevance to a query. @throws LLMError */
  rerank?(request: RerankRequest): Promise<RerankResult>;
  /** Writes speech down. @throws LLMError */
  transcribe?(request: TranscribeRequest): Promise<TranscribeResult>;
  /** Speaks a text. @throws LLMError */
  speak?(request: SpeakRequest): Promise<SpeakResult>;
  /** Makes images, or edits them. @throws LLMError */
  generateImage?(request: GenerateImageRequest): Promise<GenerateImageResult>;
  /** Judges content for what it may harm. @throws LLMError */
  moderate?(request: ModerateRequest): Promise<ModerateResult>;
}
