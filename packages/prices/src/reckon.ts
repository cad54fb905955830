import type { Cost } from "@llmux/core";
import type { PricedCall } from "./priced-call.js";
import { type Rate, type Rates, rateAt } from "./rates.js";
import { type UsageDetails, usageDetails } from "./usage-details.js";

const MILLION = 1e6;

/**
 * What a call cost at given rates; `undefined` where that does not follow from them. Every token is charged once: `total` is split into parts, and
 * a part that exceeds what is left of it is cut.
 */
export function reckon(call: PricedCall, rates: Rates, source: Cost["source"]): Cost | undefined {
  if (rates.free) return { total: 0, input: 0, output: 0, source };
  const details = usageDetails(call.usage.raw);
  if (rates.unknownAudio && details.audioInput + details.audioOutput > 0) return undefined;
  const units = unitsOf(call, rates, details);
  const fees = (rates.perRequest ?? 0) + details.webSearches * (rates.perWebSearch ?? 0);
  const tokens = tokensOf(call, rates, details);
  // A price per request alone is a price, too.
  const isFlat = rates.perRequest !== undefined && rates.input === undefined && rates.output === undefined;
  if (tokens === undefined && units === undefined && !isFlat) return undefined;
  const input = (tokens?.input ?? 0) + (units?.input ?? 0);
  const output = (tokens?.output ?? 0) + (units?.output ?? 0);
  return { total: input + output + fees, input, output, source };
}

interface Sides {
  input: number;
  output: number;
}

/** What is not billed by the token. */
function unitsOf(call: PricedCall, rates: Rates, details: UsageDetails): Sides | undefined {
  const { perSecond, perCharacter, perRerank, perImage } = rates;
  const seconds = call.seconds ?? details.seconds;
  const searches = "searchUnits" in call.usage ? call.usage.searchUnits : undefined;
  const isPriced = (rate: number | undefined, units: number | undefined) => rate !== undefined && units !== undefined;
  if (
    !isPriced(perSecond, seconds) &&
    !isPriced(perCharacter, call.characters) &&
    !isPriced(perRerank, searches) &&
    !isPriced(perImage, call.images)
  )
    return undefined;
  const times = (rate = 0, units = 0) => rate * units;
  return {
    input: times(perSecond, seconds) + times(perCharacter, call.characters) + times(perRerank, searches),
    output: times(perImage, call.images),
  };
}

function tokensOf({ usage }: PricedCall, rates: Rates, details: UsageDetails): Sides | undefined {
  const inputTotal = usage.inputTokens.total;
  const outputTokens = "outputTokens" in usage ? usage.outputTokens : undefined;
  const outputTotal = outputTokens ? outputTokens.total : 0;
  if (inputTotal === undefined || outputTotal === undefined) return undefined;
  if (rates.input === undefined && (inputTotal > 0 || rates.output === undefined)) return undefined;
  if (rates.output === undefined && outputTotal > 0) return undefined;

  const price = (rate: Rate | undefined, count: number) =>
    count === 0 || rate === undefined ? 0 : (rateAt(rate, inputTotal) * count) / MILLION;

  const left = new Remaining(inputTotal);
  const { cacheRead = 0, cacheWrite = 0 } = usage.inputTokens as { cacheRead?: number; cacheWrite?: number };
  const read = left.take(cacheRead);
  const ofRead = new Remaining(read);
  const audioRead = ofRead.take(details.audioCached);
  const imageRead = ofRead.take(details.imageCached);
  const ofWrite = new Remaining(left.take(cacheWrite));
  const written1h = ofWrite.take(details.cacheWrite1h);
  const audio = left.take(details.audioInput - audioRead);
  const image = left.take(details.imageInput - imageRead);
  const readRate = rates.cacheRead ?? rates.input;
  const writeRate = rates.cacheWrite5m ?? rates.input;
  const input =
    price(rates.input, left.count) +
    price(readRate, ofRead.count) +
    price(rates.audioCached ?? readRate, audioRead) +
    price(rates.imageCached ?? readRate, imageRead) +
    price(writeRate, ofWrite.count) +
    price(rates.cacheWrite1h ?? writeRate, written1h) +
    price(rates.audioInput ?? rates.input, audio) +
    price(rates.imageInput ?? rates.input, image);

  const said = new Remaining(outputTotal);
  const audioOut = said.take(details.audioOutput);
  const imageOut = said.take(details.imageOutput);
  const thought = said.take(outputTokens?.reasoning ?? 0);
  const output =
    price(rates.output, said.count) +
    price(rates.reasoning ?? rates.output, thought) +
    price(rates.audioOutput ?? rates.output, audioOut) +
    price(rates.imageOutput ?? rates.output, imageOut);
  return { input, output };
}

/** A total that parts are taken from, never more than there is. */
class Remaining {
  constructor(public count: number) {}

  take(part: number): number {
    const taken = Math.max(0, Math.min(part, this.count));
    this.count -= taken;
    return taken;
  }
}
