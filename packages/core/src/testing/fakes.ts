import type { AdapterBackend, AdapterEvent, AdapterResult, CallContext } from "../adapter-backend.js";
import type { Adapter, AdapterDefinition, AdapterFactory, EnvField } from "../adapter-definition.js";
import type { LLMBackend } from "../backend.js";
import { collect } from "../collect.js";
import { defineAdapter } from "../define-adapter.js";
import { isLLMError, LLMError, type LLMErrorInit } from "../errors.js";
import type { FinishReason } from "../finish-reason.js";
import type { GenerateRequest } from "../request.js";
import type { StreamEvent } from "../stream-event.js";
import type { Usage } from "../usage.js";

export const USAGE: Usage = {
  inputTokens: { total: 3, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 2, reasoning: undefined },
};
export const STOP: FinishReason = { unified: "stop", raw: "stop" };

/** A request that any backend takes. */
export const HELLO: GenerateRequest & { model: string } = {
  model: "m",
  messages: [{ role: "user", content: "Hello" }],
};

export function answer(text: string): AdapterResult {
  return { content: [{ type: "text", text }], finishReason: STOP, usage: USAGE, response: {} };
}

/** The events of a text reply, one delta for each piece. */
export function events(...pieces: string[]): AdapterEvent[] {
  return [
    { type: "start", response: {} },
    { type: "text-start", id: "0" },
    ...pieces.map((delta) => ({ type: "text-delta" as const, id: "0", delta })),
    { type: "text-end", id: "0" },
    { type: "finish", finishReason: STOP, usage: USAGE },
  ];
}

export interface FakeConfig {
  apiKey?: string | undefined;
  baseURL?: string | undefined;
  apiVersion?: string | undefined;
  embeddingDeployment?: string | undefined;
}

const ENV: Record<string, EnvField> = {
  apiKey: { variables: ["ACME_API_KEY"], secret: true, description: "an API key" },
  baseURL: { variables: ["ACME_BASE_URL"], type: "url", description: "a URL" },
};

/** An adapter that echoes the last user message, but for what is said otherwise. */
export function fakeAdapter(
  backend: Partial<AdapterBackend> = {},
  definition: Partial<AdapterDefinition<FakeConfig>> = {},
): AdapterFactory<FakeConfig> {
  return defineAdapter<FakeConfig>({
    id: "acme",
    name: "Acme",
    env: ENV,
    createBackend: () => ({
      generate: async ({ messages }) => answer(textOf(messages.at(-1)?.content)),
      async *stream({ messages }) {
        yield events(textOf(messages.at(-1)?.content));
      },
      ...backend,
    }),
    ...definition,
  });
}

function textOf(content: unknown): string {
  return (content as { text: string }[])[0]?.text ?? "";
}

/** The hosted backend of such an adapter. */
export function hosted(backend: Partial<AdapterBackend> = {}, config: FakeConfig = {}): LLMBackend {
  return (fakeAdapter(backend)(config) as Adapter).createBackend();
}

/** Yields these, then waits until the call is aborted, as an SDK does that honours its signal. */
export async function* thenHang(
  before: readonly AdapterEvent[],
  { signal }: Pick<CallContext, "signal">,
): AsyncGenerator<AdapterEvent, void, void> {
  yield* before;
  await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

export const never: Promise<never> = new Promise<never>(() => {});

export function failure(kind: LLMErrorInit["kind"] = "overloaded", facts: Partial<LLMErrorInit> = {}): LLMError {
  return new LLMError({ kind, message: `${kind} it is`, ...facts });
}

/** What a call fails with. */
export async function errorOf(run: Promise<unknown> | AsyncIterable<StreamEvent>): Promise<LLMError> {
  try {
    await (Symbol.asyncIterator in run ? collect(run) : run);
  } catch (error) {
    if (isLLMError(error)) return error;
    throw error;
  }
  throw new Error("It did not fail");
}

/** Lets all that is ready happen, without a timer. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

/** An abort signal that counts the listeners it holds. */
export function countedSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const held = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = ((type: string, listener: EventListener, options?: AddEventListenerOptions) => {
    held.add(listener);
    add(type, listener, options);
    // The platform lets go of a listener that was to hear one event.
    if (options?.once) add(type, () => held.delete(listener), { once: true });
  }) as typeof signal.addEventListener;
  signal.removeEventListener = ((type: string, listener: EventListener) => {
    held.delete(listener);
    remove(type, listener);
  }) as typeof signal.removeEventListener;
  return { controller, listeners: () => held.size };
}
