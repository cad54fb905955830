import { defineMiddleware, everyCall, type GenerateResult, type LLMBackend, type Wrapped } from "@llmux/core";
import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  SpanKind,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Answer } from "./answer-facts.js";
import { GEN_AI, GENERAL, SCHEMA_URL } from "./conventions.js";
import { guard } from "./guard.js";
import { type Instruments, instrumentsOf } from "./instruments.js";
import { type CallName, type Operation, operationOf } from "./operations.js";
import { type AnyRequest, type Settings, settingsFrom, type TelemetryOptions } from "./options.js";
import { targetOf } from "./target.js";
import { TracedCall } from "./traced-call.js";
import { TracedStream } from "./traced-stream.js";
import { VERSION } from "./version.js";

/**
 * Records every call as a span and in metrics, by OpenTelemetry's conventions for generative AI. Put it outermost: a call's span then covers
 * its retries and fallbacks, and shows them as events. Prompts and answers are recorded only where `content` asks for them.
 *
 * What fails in here (a hook, an exporter) fails no call. Without a registered SDK next to nothing is done.
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function withTelemetry<B extends LLMBackend>(backend: B, options: TelemetryOptions = {}): Wrapped<B> {
  const telemetry = new Telemetry(backend.provider, options);
  return defineMiddleware({
    ...everyCall((request, call, name) => telemetry.run(name, request, () => call(request))),
    stream(request, next) {
      // The parent is whoever asked for the stream, also where another reads it.
      const parent = context.active();
      return new TracedStream(() => ({
        call: telemetry.begin("stream", request, parent),
        stream: () => next.stream(request),
      }));
    },
  })(backend) as LLMBackend as Wrapped<B>;
}

class Telemetry {
  readonly #settings: Settings;
  readonly #tracer: Tracer | undefined;
  readonly #instruments: () => Instruments | undefined;
  readonly #operations = new Map<CallName, Operation>();

  constructor(
    private readonly provider: string,
    options: TelemetryOptions,
  ) {
    this.#settings = settingsFrom(options);
    this.#tracer =
      options.tracer ??
      guard("the tracer provider", () =>
        (options.tracerProvider ?? trace.getTracerProvider()).getTracer("@llmux/telemetry", VERSION, {
          schemaUrl: SCHEMA_URL,
        }),
      );
    this.#instruments = instrumentsOf(options);
  }

  async run<T>(name: CallName, request: AnyRequest, next: () => Promise<T>): Promise<T> {
    const call = this.begin(name, request, context.active());
    if (!call) return next();
    let result: T;
    try {
      result = await (call.context ? context.with(call.context, next) : next());
    } catch (error) {
      call.end({ error });
      throw error;
    }
    const content = name === "generate" ? (result as GenerateResult | undefined)?.content : undefined;
    call.end({ answer: Array.isArray(result) ? undefined : (result as Answer), content });
    return result;
  }

  /** @returns `undefined` where nothing of the call would be recorded anywhere */
  begin(name: CallName, request: AnyRequest & { model?: string }, parent: Context): TracedCall | undefined {
    const operation = this.#operation(name);
    const target = targetOf(this.provider, request.model);
    const { server } = this.#settings;
    const { model } = target;
    // Those that a sampler may want to know.
    const attributes: Attributes = { [GEN_AI.operation]: operation.name, [GEN_AI.provider]: target.provider };
    if (model !== undefined) attributes[GEN_AI.model] = model;
    if (server) {
      attributes[GENERAL.serverAddress] = server.address;
      if (server.port !== undefined) attributes[GENERAL.serverPort] = server.port;
    }
    const title = model === undefined ? operation.name : `${operation.name} ${model}`;
    const span =
      guard("startSpan", () => this.#tracer?.startSpan(title, { kind: SpanKind.CLIENT, attributes }, parent)) ??
      trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const instruments = this.#instruments();
    const valid = isSpanContextValid(span.spanContext());
    if (!instruments && !valid) return undefined;
    const within = valid ? trace.setSpan(parent, span) : undefined;
    return new TracedCall(name, operation, request, target, span, within, instruments, this.#settings);
  }

  #operation(name: CallName): Operation {
    let operation = this.#operations.get(name);
    if (!operation) {
      operation = operationOf(name);
      this.#operations.set(name, operation);
    }
    return operation;
  }
}
