import type { EmbedResult, RerankResult, Usage } from "@llmux/core";

/** A call as far as its price depends on it. */
export interface PricedCall {
  /** Id of the adapter that answered, such as `openai` or `vertex_ai`: the `provider` of a result. */
  provider: string;
  /** The model without that prefix: the `model` of a result. */
  model: string;
  /** A cost that the provider itself reports in its `raw` wins over every price. */
  usage: Usage | EmbedResult["usage"] | RerankResult["usage"];
  /** When it was made, for prices that change with the date or the hour. Default now. */
  at?: Date | undefined;
  /** The model that answered, as `response.model` has it; asked for where `model` has no price. */
  answeredBy?: string | undefined;
  /** Seconds of audio, of a transcription. */
  seconds?: number | undefined;
  /** Characters spoken. */
  characters?: number | undefined;
  /** Images made. */
  images?: number | undefined;
}
