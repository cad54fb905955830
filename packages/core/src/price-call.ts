import type { Cost } from "./cost.js";
import type { EmbedResult } from "./result.js";
import type { Usage } from "./usage.js";

/** Reckons what a call cost; `undefined` where it doesn't know. `priceOf` of `@llmux/prices` is one. */
export type PriceCall = (call: {
  /** Id of the adapter that answered. */
  provider: string;
  /** The model asked for, without its prefix. */
  model: string;
  /** The model that answered, as the provider names it: it says what an Azure deployment of any name runs. */
  answeredBy?: string | undefined;
  usage: Usage | EmbedResult["usage"];
  /** When the call was made, for prices that change. Default: now. */
  at?: Date;
}) => Cost | undefined;
