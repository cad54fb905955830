import { createNoopMeter, type Histogram, type Meter, type MeterProvider, metrics } from "@opentelemetry/api";
import { METRICS, SCHEMA_URL } from "./conventions.js";
import { guard } from "./guard.js";
import { VERSION } from "./version.js";

/** The conventions' histograms. */
export type Instruments = Readonly<Record<keyof typeof METRICS, Histogram>>;

/**
 * Gives the instruments of one meter, or of the global one of the moment: unlike tracers, the API's meters do not turn into real ones when an
 * SDK is registered after they were made.
 *
 * @returns what gives `undefined` where nothing would be recorded
 */
export function instrumentsOf(options: {
  meter?: Meter | undefined;
  meterProvider?: MeterProvider | undefined;
}): () => Instruments | undefined {
  const { meter, meterProvider } = options;
  if (meter) {
    const own = guard("the meter", () => create(meter));
    return () => own;
  }
  let last: MeterProvider | undefined;
  let instruments: Instruments | undefined;
  return () => {
    const provider = meterProvider ?? metrics.getMeterProvider();
    if (provider !== last) {
      last = provider;
      instruments = guard("the meter provider", () =>
        create(provider.getMeter("@llmux/telemetry", VERSION, { schemaUrl: SCHEMA_URL })),
      );
    }
    return instruments;
  };
}

function create(meter: Meter): Instruments | undefined {
  if (meter === createNoopMeter()) return undefined;
  const histogram = ({ name, unit, description, bounds }: (typeof METRICS)[keyof typeof METRICS]): Histogram =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...bounds] } });
  return {
    duration: histogram(METRICS.duration),
    tokens: histogram(METRICS.tokens),
    firstChunk: histogram(METRICS.firstChunk),
    perChunk: histogram(METRICS.perChunk),
  };
}
