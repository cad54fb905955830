import { collect, type GenerateRequest, isLLMError, type LLMBackend, LLMError, type StreamEvent } from "@llmux/core";

/** One call that a paced backend was asked for. */
export interface PacedCall {
  request: GenerateRequest;
  /** Whether anything was read of it. */
  begun: boolean;
  /** Whether it was aborted or left. */
  ended: boolean;
  /** Hands over an event, or fails with an error; `undefined` ends the stream. */
  give(...steps: (StreamEvent | LLMError | undefined)[]): void;
}

/** A backend whose answers come when the test says so. */
export interface Paced extends LLMBackend {
  calls: PacedCall[];
}

export function paced(provider = "paced"): Paced {
  const backend: Paced = {
    provider,
    calls: [],
    generate: (request) => collect(backend.stream(request)),
    stream(request) {
      const given: (StreamEvent | LLMError | undefined)[] = [];
      let wake = (): void => {};
      const call: PacedCall = {
        request,
        begun: false,
        ended: false,
        give(...steps) {
          given.push(...steps);
          wake();
        },
      };
      const stop = (): void => {
        if (call.ended) return;
        call.ended = true;
        call.give(aborted(request.signal));
      };
      const iterator: AsyncIterableIterator<StreamEvent, undefined> = {
        [Symbol.asyncIterator]: () => iterator,
        async next() {
          call.begun = true;
          while (given.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          const step = given.shift();
          if (step === undefined) return { done: true, value: undefined };
          if (isLLMError(step)) throw step;
          return { done: false, value: step as StreamEvent };
        },
        async return() {
          stop();
          return { done: true, value: undefined };
        },
      };
      backend.calls.push(call);
      if (request.signal?.aborted) stop();
      else request.signal?.addEventListener("abort", stop, { once: true });
      return iterator;
    },
  };
  return backend;
}

function aborted(signal: AbortSignal | undefined): LLMError {
  return new LLMError({ kind: "aborted", message: "The call was aborted", cause: signal?.reason });
}

const usage = {
  inputTokens: { total: 7, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 2, reasoning: undefined },
};

export const START: StreamEvent = {
  ...{ type: "start", provider: "acme", model: "m", warnings: [] },
  response: { id: "r", headers: { "x-request-id": "1" } },
};

export function delta(text: string): StreamEvent {
  return { type: "text-delta", id: "0", delta: text };
}

/** The end of a text and of its stream. */
export const END: readonly [StreamEvent, StreamEvent, undefined] = [
  { type: "text-end", id: "0" },
  {
    ...{ type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage },
    cost: { total: 0.5, input: 0.2, output: 0.3, source: "list" },
    attempts: [{ provider: "acme", model: "m", duration: 3 }],
  },
  undefined,
];

/** A stream of a text, a delta for each piece. */
export function said(...pieces: string[]): (StreamEvent | undefined)[] {
  return [START, { type: "text-start", id: "0" }, ...pieces.map(delta), ...END];
}

/** Lets all that is ready happen, without a timer. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
}

/** Everything of a stream, and what it threw. */
export async function eventsOf(
  stream: AsyncIterable<StreamEvent>,
): Promise<{ events: StreamEvent[]; error?: unknown }> {
  const events: StreamEvent[] = [];
  try {
    for await (const event of stream) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events };
}
