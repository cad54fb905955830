import type { AssistantPart, GenerateRequest, StreamEvent } from "@llmux/core";
import { isLLMError } from "@llmux/core";
import type { Attributes, Context, Span } from "@opentelemetry/api";
import { type Answer, finishWord, recordAnswer } from "./answer-facts.js";
import { recordAttempts } from "./attempt-events.js";
import { ContentRecorder, type Recorded } from "./content.js";
import { GEN_AI, GENERAL, OWN } from "./conventions.js";
import { errorType, recordFailure } from "./failure-facts.js";
import { guard } from "./guard.js";
import type { Instruments } from "./instruments.js";
import type { CallName, Operation } from "./operations.js";
import type { AnyRequest, Settings } from "./options.js";
import { providerName } from "./provider-names.js";
import { Recorder } from "./recorder.js";
import { redactKeys } from "./redactor.js";
import { recordContext, recordRequest } from "./request-facts.js";
import { StreamedContent } from "./streamed-content.js";
import type { Target } from "./target.js";

/** How a call ended. */
export interface Outcome {
  answer?: Answer | undefined;
  /** What a call that was not streamed gave. */
  content?: readonly AssistantPart[] | undefined;
  error?: unknown;
  /** Whether the caller left the stream. */
  left?: boolean | undefined;
}

/** One call: its span, its metrics, and the context in which what is behind it runs. Nothing here throws. */
export class TracedCall {
  readonly #started = performance.now();
  readonly #recorder: Recorder | undefined;
  readonly #streamed: StreamedContent | undefined;
  #ended = false;
  #answer: Answer | undefined;
  #firstChunk: number | undefined;
  #lastChunk = 0;
  #chunkAttributes: Attributes | undefined;

  constructor(
    private readonly call: CallName,
    private readonly operation: Operation,
    private readonly request: AnyRequest & { model?: string | undefined },
    private readonly target: Target,
    private readonly span: Span,
    /** Where the inner call runs; `undefined` where the span is none that others could hang on. */
    readonly context: Context | undefined,
    private readonly instruments: Instruments | undefined,
    private readonly settings: Settings,
  ) {
    if (!span.isRecording()) return;
    this.#recorder = new Recorder(span, settings.redact);
    if (call === "stream" && settings.content?.output) this.#streamed = new StreamedContent();
    guard("the record of the request", () => this.#describeRequest());
  }

  /** Sees what a stream hands over. */
  see(event: StreamEvent): void {
    if (event.type === "start") {
      const { provider, model, response } = event;
      this.#answer = { provider, model, response };
      return;
    }
    if (event.type === "finish") {
      this.#answer = { ...this.#answer, ...event, response: { ...this.#answer?.response, ...event.response } };
      return;
    }
    this.#streamed?.see(event);
    if (this.instruments || this.#firstChunk === undefined) this.#clock();
  }

  end(outcome: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    const duration = (performance.now() - this.#started) / 1000;
    const answer = outcome.answer ?? this.#answer ?? failedAnswer(outcome.error);
    const failed = "error" in outcome;
    if (this.#recorder) guard("the record of the answer", () => this.#describeEnd(this.#recorder!, outcome, answer));
    guard("span.end", () => this.span.end());
    const { instruments } = this;
    if (!instruments) return;
    guard("a metric", () => {
      const attributes = this.#metricAttributes(answer);
      instruments.duration.record(
        duration,
        failed ? { ...attributes, [GENERAL.errorType]: errorType(outcome.error) } : attributes,
        this.context,
      );
      if (answer?.cachedAt) return;
      const { inputTokens, outputTokens } = answer?.usage ?? {};
      for (const [type, total] of [["input", inputTokens?.total] as const, ["output", outputTokens?.total] as const])
        if (total !== undefined)
          instruments.tokens.record(total, { ...attributes, [GEN_AI.tokenType]: type }, this.context);
    });
  }

  /** A chunk has come: everything between `start` and `finish` is one. */
  #clock(): void {
    const now = performance.now();
    const { instruments } = this;
    if (this.#firstChunk === undefined) {
      this.#firstChunk = (now - this.#started) / 1000;
      if (instruments) {
        this.#chunkAttributes = this.#metricAttributes(this.#answer);
        guard("a metric", () => instruments.firstChunk.record(this.#firstChunk!, this.#chunkAttributes, this.context));
      }
    } else if (instruments) {
      try {
        instruments.perChunk.record((now - this.#lastChunk) / 1000, this.#chunkAttributes, this.context);
      } catch {
        // As many times as there are chunks: the first chunk's metric has told of it.
      }
    }
    this.#lastChunk = now;
  }

  #describeRequest(): void {
    const recorder = this.#recorder!;
    const { call, request, settings } = this;
    recorder.fact(GEN_AI.outputType, this.operation.outputType);
    recordRequest(recorder, call, request);
    if (settings.context) recordContext(recorder, request);
    const content = this.#content();
    if (content) {
      const asked = request as GenerateRequest;
      const { options } = content;
      if (options.instructions) this.#record(GEN_AI.instructions, () => content.instructions(asked));
      if (options.input) this.#record(GEN_AI.inputMessages, () => content.input(asked));
      if (options.tools && asked.tools?.length) this.#record(GEN_AI.tools, () => content.tools(asked.tools!));
    }
    if (settings.attributes) recorder.own(guard("the attributes hook", () => settings.attributes!(request, call)));
  }

  #describeEnd(recorder: Recorder, outcome: Outcome, answer: Answer | undefined): void {
    const { settings, target, request } = this;
    if (answer) {
      const provider = answer.provider ? providerName(answer.provider) : target.provider;
      const model = answer.model ? redactKeys(answer.model) : target.model;
      recorder.fact(GEN_AI.provider, provider);
      if (model !== target.model) this.span.updateName(`${this.operation.name} ${model}`);
      recorder.fact(GEN_AI.model, model);
      if (request.model !== undefined && request.model !== model) recorder.fact(OWN.model, request.model);
      recordAnswer(recorder, answer);
    }
    recorder.fact(GEN_AI.timeToFirstChunk, this.#firstChunk);
    const failed = "error" in outcome;
    const redact = settings.errorMessages ? settings.redact : undefined;
    const attempts = failed && isLLMError(outcome.error) ? outcome.error.attempts : answer?.attempts;
    recordAttempts(recorder, attempts, redact);
    const content = outcome.content ?? this.#streamed?.content;
    const recording = this.#content();
    if (content && recording?.options.output) {
      const reason = answer?.finishReason ? finishWord(answer.finishReason) : "error";
      this.#record(GEN_AI.outputMessages, () => recording.output(content, reason));
    }
    if (outcome.left && !answer?.finishReason) recorder.fact(OWN.left, true);
    if (failed) recordFailure(recorder, outcome.error, redact);
  }

  #content(): ContentRecorder | undefined {
    const { call, settings } = this;
    return settings.content && (call === "generate" || call === "stream")
      ? new ContentRecorder(settings.content, settings.redact)
      : undefined;
  }

  #record(attribute: string, make: () => Recorded | undefined): void {
    const recorded = guard(attribute, make);
    if (!recorded) return;
    // Redacted text by text already; as a whole it is no text but JSON.
    this.span.setAttribute(attribute, recorded.json);
    if (recorded.truncated) this.#recorder!.fact(OWN.truncated, true);
  }

  #metricAttributes(answer: Answer | undefined): Attributes {
    const { target, settings } = this;
    const model = answer?.model ? redactKeys(answer.model) : target.model;
    const responseModel = answer?.response?.model;
    const attributes: Attributes = {
      [GEN_AI.operation]: this.operation.name,
      [GEN_AI.provider]: answer?.provider ? providerName(answer.provider) : target.provider,
    };
    if (model !== undefined) attributes[GEN_AI.model] = model;
    if (responseModel !== undefined) attributes[GEN_AI.responseModel] = redactKeys(responseModel);
    if (settings.server) {
      attributes[GENERAL.serverAddress] = settings.server.address;
      if (settings.server.port !== undefined) attributes[GENERAL.serverPort] = settings.server.port;
    }
    return attributes;
  }
}

/** Who failed, where the failure says it. */
function failedAnswer(error: unknown): Answer | undefined {
  return isLLMError(error) ? { provider: error.provider, model: error.model } : undefined;
}
