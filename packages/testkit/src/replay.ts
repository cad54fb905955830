import {
  collect,
  type GenerateRequest,
  type GenerateResult,
  type LLMBackend,
  LLMError,
  type LLMErrorInit,
  OPTIONAL_CALLS,
  type StreamEvent,
  streamResult,
} from "@llmux/core";
import { keyOf, type RecordedCall, readRecording } from "./recording.js";

export interface ReplayOptions {
  /** The values that were kept out of the recording, so that requests that hold them are found again. */
  secrets?: readonly string[] | undefined;
}

/**
 * A backend that answers from what `record` has written, without network or key. The same request asked several times gets the answers
 * in the order in which they were recorded, and after that the last one again. A `stream` may be answered from what was recorded of a
 * `generate`, and the other way round.
 *
 * @throws LLMError `not-found` where the file is missing; from its calls where a request was never recorded
 */
export async function replay(file: string, { secrets = [] }: ReplayOptions = {}): Promise<LLMBackend> {
  const queues = new Map<string, RecordedCall[]>();
  const calls = await readRecording(file);
  for (const recorded of calls) {
    const key = keyFor(recorded.call, recorded.request, secrets);
    queues.set(key, [...(queues.get(key) ?? []), recorded]);
  }
  const find = (call: string, request: object): RecordedCall => {
    const queue = queues.get(keyFor(call, request, secrets));
    const next = queue && queue.length > 1 ? queue.shift() : queue?.[0];
    if (next) return next;
    const message = `${file} holds no ${call} of this request: record it again. It asks ${keyOf(request, secrets).slice(0, 500)}`;
    throw new LLMError({ kind: "not-found", message });
  };
  const backend: LLMBackend = {
    provider: "replay",
    async generate(request: GenerateRequest): Promise<GenerateResult> {
      const recorded = find("generate", request);
      return recorded.events ? collect(replayed(recorded)) : resultOf<GenerateResult>(recorded);
    },
    async *stream(request: GenerateRequest): AsyncGenerator<StreamEvent, void, void> {
      const recorded = find("stream", request);
      if (recorded.events) yield* replayed(recorded);
      else yield* streamResult(resultOf<GenerateResult>(recorded));
    },
  };
  for (const name of OPTIONAL_CALLS) {
    if (!calls.some(({ call }) => call === name)) continue;
    const made = async (request: object = {}): Promise<unknown> => resultOf(find(name, request));
    backend[name] = made as never;
  }
  return backend;
}

/** One for `generate` and `stream`, which ask the same. */
function keyFor(call: string, request: object, secrets: readonly string[]): string {
  return `${call === "stream" ? "generate" : call} ${keyOf(request, secrets)}`;
}

function resultOf<T>({ result, error }: RecordedCall): T {
  if (error) throw new LLMError(error as LLMErrorInit);
  return result as T;
}

async function* replayed({ events = [], error, left }: RecordedCall): AsyncGenerator<StreamEvent, void, void> {
  yield* events as StreamEvent[];
  if (error) throw new LLMError(error);
  if (left) throw new LLMError({ kind: "connection", message: "The recorded stream was left here, before its end" });
}
