/** US dollars for a million; with tiers, those of the last whose `start` the call's input tokens exceed, for the whole call. */
export type Rate = number | { base: number; tiers: readonly { start: number; price: number }[] };

/** What a model is billed by. Tokens by the million; what is left out is billed as what it is a part of. */
export interface Rates {
  input?: Rate | undefined;
  output?: Rate | undefined;
  cacheRead?: Rate | undefined;
  cacheWrite5m?: Rate | undefined;
  cacheWrite1h?: Rate | undefined;
  reasoning?: Rate | undefined;
  audioInput?: Rate | undefined;
  audioCached?: Rate | undefined;
  audioOutput?: Rate | undefined;
  imageInput?: Rate | undefined;
  imageCached?: Rate | undefined;
  imageOutput?: Rate | undefined;
  /** US dollars for one. */
  perRequest?: number | undefined;
  perImage?: number | undefined;
  perCharacter?: number | undefined;
  perSecond?: number | undefined;
  perRerank?: number | undefined;
  perWebSearch?: number | undefined;
  /** The list says outright that nothing is charged. */
  free?: true | undefined;
  /** Audio has a price of its own that is not known, so that a call with audio in it can't be priced. */
  unknownAudio?: true | undefined;
}

export function rateAt(rate: Rate, inputTokens: number): number {
  if (typeof rate === "number") return rate;
  let price = rate.base;
  for (const tier of rate.tiers) if (inputTokens > tier.start) price = tier.price;
  return price;
}
