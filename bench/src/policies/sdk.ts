import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, context, ROOT_CONTEXT } from "@opentelemetry/api";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

/** The real SDK as a server has it: contexts in AsyncLocalStorage, spans in batches, metrics once a minute, to exporters that throw all away. */
export async function registerSDK(): Promise<{ tracerProvider: BasicTracerProvider; meterProvider: MeterProvider }> {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (within, run, thisArg, ...args) => storage.run(within, () => run.apply(thisArg as never, args)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  const done = { shutdown: async () => undefined, forceFlush: async () => undefined };
  const spans = { ...done, export: (_: unknown, told: (result: { code: number }) => void) => told({ code: 0 }) };
  const readers = [new PeriodicExportingMetricReader({ exporter: spans as never, exportIntervalMillis: 60_000 })];
  return {
    tracerProvider: new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(spans as never)] }),
    meterProvider: new MeterProvider({ readers }),
  };
}
