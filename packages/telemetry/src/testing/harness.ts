import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, context, ROOT_CONTEXT } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** What the SDK for Node registers: contexts that follow asynchronous calls. */
class AsyncContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    within: Context,
    run: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(within, () => run.apply(thisArg, args));
  }

  bind<T>(_context: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

export function registerContextManager(): void {
  context.disable();
  context.setGlobalContextManager(new AsyncContextManager());
}

/** The real SDK, with all that it exports kept in memory. */
export class SDK {
  readonly spanExporter: InMemorySpanExporter = new InMemorySpanExporter();
  readonly metricExporter: InMemoryMetricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly reader: PeriodicExportingMetricReader = new PeriodicExportingMetricReader({
    exporter: this.metricExporter,
    exportIntervalMillis: 1e9,
    exportTimeoutMillis: 1e9,
  });
  readonly tracerProvider: BasicTracerProvider;
  readonly meterProvider: MeterProvider = new MeterProvider({ readers: [this.reader] });

  constructor(sampler?: Sampler) {
    this.tracerProvider = new BasicTracerProvider({
      ...(sampler && { sampler }),
      spanProcessors: [new SimpleSpanProcessor(this.spanExporter)],
    });
  }

  /** Of spans that have ended, in the order of their ends. */
  get spans(): ReadableSpan[] {
    return this.spanExporter.getFinishedSpans();
  }

  get span(): ReadableSpan {
    const { spans } = this;
    if (spans.length !== 1) throw new Error(`There are ${spans.length} spans`);
    return spans[0]!;
  }

  /** The points of a metric; none where nothing was recorded. */
  async points(name: string): Promise<DataPoint<Histogram>[]> {
    await this.reader.forceFlush();
    const all =
      this.metricExporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
    return (all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []) as DataPoint<Histogram>[];
  }

  async shutdown(): Promise<void> {
    await this.tracerProvider.shutdown();
    await this.meterProvider.shutdown();
  }
}

/** What was recorded, as text, to look for what must not be in it. */
export async function recordedText(sdk: SDK): Promise<string> {
  await sdk.reader.forceFlush();
  const spans = sdk.spans.map(({ name, attributes, events, status, links }) => ({
    name,
    attributes,
    events,
    status,
    links,
  }));
  return JSON.stringify([spans, sdk.metricExporter.getMetrics()]);
}
