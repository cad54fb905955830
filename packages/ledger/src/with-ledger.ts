import { defineMiddleware, everyCall, type LLMBackend, type Wrapped } from "@llmux/core";
import type { CallKind } from "./call-row.js";
import type { WithLedgerOptions } from "./ledger-options.js";
import { LedgerStream } from "./ledger-stream.js";
import { type AnyAnswer, type AnyRequest, Recorder, since } from "./recorder.js";

/**
 * Enters every call in a ledger: a row for each, written before its answer is handed over, for a stream before its `finish`. A stream that was cut,
 * aborted or left has a row, too, with estimated tokens.
 *
 * ```ts
 * const ledger = openLedger({ path: "calls.sqlite" });
 * const llm = withLedger(backend, { ledger });
 * ```
 *
 * @throws LLMError `invalid-request` for options that make no sense; the calls do so where no ledger is given and none can be opened
 */
export function withLedger<B extends LLMBackend>(backend: B, options: WithLedgerOptions = {}): Wrapped<B> {
  const recorder = new Recorder(backend.provider, options);
  return defineMiddleware({
    ...everyCall((request, call, kind) => enter(recorder, kind, request, call)),
    stream: (request, next) => new LedgerStream(recorder, request, next),
  })(backend) as LLMBackend as Wrapped<B>;
}

async function enter<R extends AnyRequest, T>(
  recorder: Recorder,
  kind: CallKind,
  request: R,
  call: (request: R) => Promise<T>,
): Promise<T> {
  const opening = recorder.ready();
  if (opening) await opening;
  const row = recorder.begin(kind, request);
  const begun = performance.now();
  let answer: T;
  try {
    answer = await call(request);
  } catch (error) {
    row.latency = since(begun);
    recorder.failed(row, error);
    // Its own failure is what the caller must hear of.
    await recorder.save(row).catch(() => undefined);
    throw error;
  }
  row.latency = since(begun);
  recorder.answered(row, (answer ?? {}) as AnyAnswer);
  await recorder.save(row);
  return answer;
}
