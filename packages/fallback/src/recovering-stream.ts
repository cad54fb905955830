import {
  type Cost,
  type FinishEvent,
  type GenerateRequest,
  isLLMError,
  type LLMError,
  type StreamEvent,
  type Usage,
  UsageMeter,
  type Warning,
} from "@llmux/core";
import type { CallPath } from "./call-path.js";
import { continuation, type Repeats } from "./continue-text.js";
import { Continued } from "./continued.js";
import { type OpenedStream, openStream } from "./opened-stream.js";
import type { CutAnswer, Seam } from "./options.js";
import { withoutHalf } from "./overlap.js";
import { Said } from "./said.js";
import { sumCost, sumUsage } from "./sum-usage.js";

type Result = IteratorResult<StreamEvent, undefined>;

const DONE: Result = { done: true, value: undefined };

/** The stream of a path's target, continued on the next where it is cut. */
export class RecoveringStream implements AsyncIterableIterator<StreamEvent, undefined> {
  readonly #said = new Said();
  readonly #ready: StreamEvent[] = [];
  readonly #left = new AbortController();
  readonly #origin: string | undefined;
  #opened: OpenedStream;
  #meter: UsageMeter;
  #continued: Continued | undefined;
  /** Of the parts that were cut. */
  readonly #usages: Usage[] = [];
  readonly #costs: (Cost | undefined)[] = [];
  readonly #seams: Seam[] = [];
  readonly #warnings: Warning[] = [];
  #waiting = 0;
  #last: Promise<Result> | undefined;
  #closed = false;

  constructor(
    private readonly path: CallPath<GenerateRequest>,
    opened: OpenedStream,
  ) {
    this.#opened = opened;
    this.#meter = new UsageMeter(opened.request);
    this.#origin = opened.start?.provider;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const pull = (): Promise<Result> => this.#pull();
    // Calls made without waiting for the one before are answered in their order.
    this.#last = this.#waiting++ === 0 ? this.#pull() : (this.#last as Promise<Result>).then(pull, pull);
    return this.#last;
  }

  async return(): Promise<Result> {
    this.#closed = true;
    this.#left.abort();
    await this.#opened.inner.return?.();
    return DONE;
  }

  async #pull(): Promise<Result> {
    try {
      for (;;) {
        if (this.#closed) return DONE;
        const event = this.#ready.shift();
        if (event) return { done: false, value: event };
        const { held, inner } = this.#opened;
        let result: Result;
        try {
          result = held.length > 0 ? (held.shift() as Result) : await inner.next();
        } catch (error) {
          if (this.#closed) return DONE;
          await this.#continue(error);
          continue;
        }
        if (result.done) {
          this.#closed = true;
          return DONE;
        }
        const passed = this.#take(result.value);
        if (passed) return this.#closed ? DONE : passed === result.value ? result : { done: false, value: passed };
      }
    } catch (error) {
      const left = this.#closed;
      this.#closed = true;
      if (left) return DONE;
      throw error;
    } finally {
      this.#waiting--;
    }
  }

  /** What is to be handed over for an event; `undefined` where that is `#ready`, or nothing. */
  #take(event: StreamEvent): StreamEvent | undefined {
    this.#meter.see(event);
    if (event.type === "finish") {
      const unfinished = this.#continued?.unfinished;
      if (unfinished === undefined) return this.#finish(event);
      this.#ready.push({ type: "text-end", id: unfinished }, this.#finish(event));
      return undefined;
    }
    if (!this.#continued) {
      this.#said.see(event);
      return event;
    }
    if (event.type === "start") this.#warnings.push(...event.warnings);
    else this.#continued.take(event, this.#emit);
    return undefined;
  }

  readonly #emit = (event: StreamEvent): void => {
    this.#said.see(event);
    this.#ready.push(event);
  };

  /** @throws the failure, where nobody goes on */
  async #continue(thrown: unknown): Promise<void> {
    if (!isLLMError(thrown)) throw thrown;
    const { path } = this;
    const error = path.failed(thrown);
    const offset = this.#said.text.length;
    const cut = path.target;
    let reason: LLMError = error;
    while (this.#said.isText && path.recover(reason, offset)) {
      const { request, repeats } = this.#ask(error, path.target === cut);
      try {
        const opened = await openStream(path, request, this.#left.signal);
        if (this.#closed) {
          // Not awaited: who left waits for nothing more.
          opened.inner.return?.().then(undefined, () => undefined);
          return;
        }
        return this.#seam(opened, repeats, error);
      } catch (failed) {
        if (this.#closed) return;
        reason = path.failed(failed);
      }
    }
    // Why nobody could go on is among the tries; what happened to the answer is that it was cut.
    throw path.final(reason.kind === "aborted" ? reason : error);
  }

  /** The request for the rest. */
  #ask(error: LLMError, same: boolean): { request: GenerateRequest; repeats: Repeats } {
    const { path } = this;
    const text = withoutHalf(this.#said.text);
    const request = path.targeted();
    if (text === "") return { request, repeats: "space" };
    const own = path.target.continueWith ?? path.policy.recovery?.continueWith;
    const cut: CutAnswer = {
      text,
      error,
      ...(same && this.#opened.start ? placeOf(this.#opened) : whoIs(request.model, path.backend.provider)),
    };
    return own ? { request: own(request, cut), repeats: "words" } : continuation(request, cut);
  }

  /** Ends what was cut and goes over to its continuation. */
  #seam(opened: OpenedStream, repeats: Repeats, error: LLMError): void {
    const from = placeOf(this.#opened);
    const to = placeOf(opened);
    const offset = this.#said.text.length;
    const seam: Seam = { from, to, error: error.kind, offset };
    const { usage } = this.#meter;
    this.#usages.push(usage);
    this.#costs.push(this.path.policy.recovery?.price?.({ ...from, usage, at: new Date() }));
    this.#seams.push(seam);
    this.#warnings.push({
      type: "other",
      message:
        `The answer was cut after ${offset} characters (${error.kind}) and continued by ${to.provider}/${to.model}. ` +
        "The tokens of the part that was cut are an estimate.",
    });
    const { open } = this.#said;
    if (open !== undefined && !this.#said.openIsEmpty)
      this.#emit({ type: "text-end", id: open, providerMetadata: { llmux: { seam } } });
    const sealed = to.provider === this.#origin;
    this.#continued = new Continued(this.#said, repeats, this.#seams.length, sealed);
    this.#opened = opened;
    this.#meter = new UsageMeter(opened.request);
  }

  #finish(event: FinishEvent): FinishEvent {
    const { start, duration } = this.#opened;
    const { provider, model } = placeOf(this.#opened);
    const attempts = this.path.answered(provider || this.path.backend.provider, model, event.attempts, duration);
    if (this.#seams.length === 0) return { ...event, attempts };
    const { cost: last, cachedAt: _, ...rest } = event;
    const cost = sumCost(this.#costs, last);
    return {
      ...rest,
      usage: sumUsage(this.#usages, event.usage),
      response: { ...start?.response, ...event.response },
      warnings: [...this.#warnings, ...(event.warnings ?? [])],
      providerMetadata: {
        ...event.providerMetadata,
        llmux: { ...event.providerMetadata?.llmux, seams: this.#seams },
      },
      ...(cost && { cost }),
      attempts,
    };
  }
}

function placeOf({ start }: OpenedStream): Seam["from"] {
  return { provider: start?.provider ?? "", model: start?.model ?? "" };
}

/** Who a model's name and its backend say will go on. A router's own name is none of a provider. */
function whoIs(name: string | undefined, backend: string): { provider: string; model: string | undefined } {
  const slash = name?.indexOf("/") ?? -1;
  if (name === undefined || slash < 0 || backend === "anthropic" || backend === "mistral")
    return { provider: backend, model: name };
  return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}
