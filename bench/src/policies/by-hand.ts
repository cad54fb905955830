import { type GenerateRequest, type LLMBackend, observeStream, type StreamEvent } from "@llmux/core";
import {
  type Attributes,
  context,
  type MeterProvider,
  type Span,
  SpanKind,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

/** What an application would write itself with OpenTelemetry's API: the same spans, attributes and metrics, for one provider, with no care for failures. */
export function byHand(
  backend: LLMBackend,
  { tracerProvider, meterProvider }: { tracerProvider: TracerProvider; meterProvider?: MeterProvider },
): LLMBackend {
  const tracer = tracerProvider.getTracer("by-hand");
  const meter = meterProvider?.getMeter("by-hand");
  const duration = meter?.createHistogram("gen_ai.client.operation.duration");
  const tokens = meter?.createHistogram("gen_ai.client.token.usage");
  const firstChunk = meter?.createHistogram("gen_ai.client.operation.time_to_first_chunk");
  const perChunk = meter?.createHistogram("gen_ai.client.operation.time_per_output_chunk");

  const begin = (request: GenerateRequest): Span => {
    const attributes = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": request.model,
    };
    const span = tracer.startSpan(`chat ${request.model}`, { kind: SpanKind.CLIENT, attributes });
    span.setAttributes({
      "gen_ai.request.max_tokens": request.maxTokens,
      "gen_ai.request.temperature": request.temperature,
      "enduser.id": request.context?.user,
      "app.key": request.context?.key,
      "app.tags": [...(request.context?.tags ?? [])],
      "gen_ai.conversation.id": request.context?.session,
    });
    return span;
  };
  const about = (model: string | undefined): Attributes => ({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": model,
  });
  const end = (
    span: Span,
    started: number,
    {
      response,
      finishReason,
      usage,
    }: Pick<Extract<StreamEvent, { type: "finish" }>, "response" | "finishReason" | "usage">,
  ): void => {
    span.setAttributes({
      "gen_ai.response.id": response?.id,
      "gen_ai.response.model": response?.model,
      "gen_ai.response.finish_reasons": [finishReason.unified],
      "gen_ai.usage.input_tokens": usage.inputTokens.total,
      "gen_ai.usage.output_tokens": usage.outputTokens.total,
      "gen_ai.usage.cache_read.input_tokens": usage.inputTokens.cacheRead,
      "gen_ai.usage.reasoning.output_tokens": usage.outputTokens.reasoning,
    });
    span.end();
    const attributes = about(response?.model);
    duration?.record((performance.now() - started) / 1000, attributes);
    tokens?.record(usage.inputTokens.total ?? 0, { ...attributes, "gen_ai.token.type": "input" });
    tokens?.record(usage.outputTokens.total ?? 0, { ...attributes, "gen_ai.token.type": "output" });
  };

  return {
    ...backend,
    async generate(request) {
      const started = performance.now();
      const span = begin(request);
      const result = await context.with(trace.setSpan(context.active(), span), () => backend.generate(request));
      end(span, started, result);
      return result;
    },
    stream(request) {
      const started = performance.now();
      const span = begin(request);
      let last = 0;
      let attributes: Attributes = {};
      let response: Extract<StreamEvent, { type: "start" }>["response"] = {};
      const within = trace.setSpan(context.active(), span);
      const inner = backend.stream(request)[Symbol.asyncIterator]();
      const pull = (): Promise<IteratorResult<StreamEvent>> => inner.next();
      const stream: AsyncIterableIterator<StreamEvent> = {
        [Symbol.asyncIterator]: () => stream,
        next: () => context.with(within, pull),
      };
      return observeStream(stream, {
        event(event) {
          if (event.type === "start") {
            response = event.response;
            attributes = about(response.model);
          } else if (event.type === "finish") end(span, started, { ...event, response });
          else {
            const now = performance.now();
            if (last === 0) firstChunk?.record((now - started) / 1000, attributes);
            else perChunk?.record((now - last) / 1000, attributes);
            last = now;
          }
        },
      });
    },
  };
}
