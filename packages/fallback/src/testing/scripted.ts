import {
  collect,
  type GenerateRequest,
  isLLMError,
  type LLMBackend,
  LLMError,
  type LLMErrorKind,
  type StreamEvent,
  type Usage,
} from "@llmux/core";

export const HI: GenerateRequest & { model: string } = {
  model: "one/a",
  messages: [{ role: "user", content: "Hi" }],
};

export const USAGE: Usage = {
  inputTokens: { total: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 2, reasoning: 0 },
};

/** What a scripted stream does: an event to hand over, a failure, or waiting until it is left. */
export type Step = StreamEvent | LLMError | "hang";

export interface Scripted extends LLMBackend {
  readonly requests: GenerateRequest[];
  /** Streams that are open. */
  open: number;
}

type Script = readonly Step[] | ((request: GenerateRequest) => readonly Step[]);

/** A backend whose calls do what the scripts say, in their order; the last one is kept to. */
export function scripted(provider: string, ...scripts: readonly Script[]): Scripted {
  const backend: Scripted = {
    provider,
    requests: [],
    open: 0,
    generate: (request) => collect(backend.stream(request)),
    async *stream(request): AsyncGenerator<StreamEvent, void, void> {
      const script = scripts[Math.min(backend.requests.push(request), scripts.length) - 1] ?? [];
      const steps = typeof script === "function" ? script(request) : script;
      backend.open++;
      try {
        for (const step of steps) {
          if (request.signal?.aborted) throw aborted(request.signal);
          if (step === "hang") await hang(request.signal);
          else if (isLLMError(step)) throw step;
          else yield step as StreamEvent;
        }
      } finally {
        backend.open--;
      }
    },
  };
  return backend;
}

function hang(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(aborted(signal));
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

function aborted(signal: AbortSignal | undefined): LLMError {
  return isLLMError(signal?.reason)
    ? signal.reason
    : new LLMError({ kind: "aborted", message: "The call was aborted" });
}

export function failure(kind: LLMErrorKind, provider?: string): LLMError {
  return new LLMError({ kind, message: `It is ${kind}`, provider });
}

export function start(provider = "one", model = "a"): StreamEvent {
  return { type: "start", provider, model, warnings: [], response: { id: `${provider}-response` } };
}

/** A block of text, a delta for each piece; left open where it is to be cut. */
export function text(pieces: readonly string[], end = true, id = "0"): StreamEvent[] {
  return [
    { type: "text-start", id },
    ...pieces.map((delta): StreamEvent => ({ type: "text-delta", id, delta })),
    ...(end ? [{ type: "text-end" as const, id }] : []),
  ];
}

export function finish(facts: object = {}): StreamEvent {
  return { type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage: USAGE, ...facts };
}

/** A whole answer of text. */
export function answer(said: string, provider = "one", model = "a"): StreamEvent[] {
  return [start(provider, model), ...text([said]), finish()];
}

export async function errorOf(run: Promise<unknown>): Promise<LLMError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLLMError(error)) throw new Error("It did not fail as it should", { cause: error });
  return error;
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

/** What is not in order with the events of a whole stream. */
export function disorder(events: readonly StreamEvent[]): string[] {
  const faults: string[] = [];
  const open = new Map<string, string>();
  const used = new Set<string>();
  if (events[0]?.type !== "start" || events.filter(({ type }) => type === "start").length !== 1) faults.push("start");
  if (events.at(-1)?.type !== "finish" || events.filter(({ type }) => type === "finish").length !== 1)
    faults.push("finish");
  for (const event of events) {
    const [, what, part] = /^(text|reasoning|refusal|tool-input)-(start|delta|end)$/.exec(event.type) ?? [];
    if (!what || !part) continue;
    const { id } = event as { id: string };
    if (part === "start") {
      if (used.has(id)) faults.push(`${id} again`);
      used.add(id);
      open.set(id, what);
    } else if (open.get(id) !== what) faults.push(`${event.type} of ${id}, which is not open`);
    if (part === "end") open.delete(id);
  }
  for (const id of open.keys()) faults.push(`${id} is left open`);
  return faults;
}
