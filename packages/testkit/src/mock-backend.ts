import type {
  EmbedRequest,
  EmbedResult,
  FinishReason,
  GenerateRequest,
  GenerateResult,
  LLMBackend,
  StreamEvent,
  ToolCallPart,
  UnifiedFinishReason,
  Usage,
} from "@llmux/core";
import { assembleResult, isLLMError, LLMError, streamResult } from "@llmux/core";

/** One answer of a script. */
export interface MockReply {
  text?: string | undefined;
  reasoning?: string | undefined;
  /** An `id` is made up where it is left out. */
  toolCalls?: readonly { id?: string | undefined; name: string; input: unknown }[] | undefined;
  /** The value of `result.output`. Its JSON becomes the text, where there is none. */
  output?: unknown;
  /** Default `stop`, or `tool-calls` where there are any. */
  finishReason?: UnifiedFinishReason | undefined;
  usage?: Usage | undefined;
  /** The answer fails with this; a stream does so after it has handed over the rest. */
  error?: LLMError | undefined;
  /** Any other field of the result. */
  result?: Partial<GenerateResult> | undefined;
}

/** A text, a failure, or an answer in detail. */
export type MockAnswer = string | LLMError | MockReply;

/**
 * The answers in their order (after the last, a further call is an error), or a function that answers each request; `call` counts from 0.
 */
export type MockScript =
  | MockAnswer
  | readonly MockAnswer[]
  | ((request: GenerateRequest, call: number) => MockAnswer | Promise<MockAnswer>);

export interface MockOptions {
  /** Default `mock`. */
  provider?: string | undefined;
  /** The vector of a text. Default: eight numbers that follow from the text, so that equal texts have equal vectors. */
  embed?: ((value: string) => readonly number[]) | undefined;
}

/** A backend that answers from a script, and remembers what it was asked. */
export interface MockBackend extends LLMBackend {
  /** Every request of `generate` and `stream`, in order. */
  readonly requests: readonly GenerateRequest[];
  embed(request: EmbedRequest): Promise<EmbedResult>;
}

/**
 * A backend for the tests of applications: no network, no adapter, no key. A single answer is given to every request; a list is used up.
 *
 * ```ts
 * const llm = mockBackend(["Hello", new LLMError({ kind: "rate-limit", message: "slow down" }), { toolCalls: [{ name: "now", input: {} }] }]);
 * ```
 */
export function mockBackend(script: MockScript = "Hello", options: MockOptions = {}): MockBackend {
  const { provider = "mock", embed = vectorOf } = options;
  const requests: GenerateRequest[] = [];
  const answer = async (request: GenerateRequest): Promise<MockReply> => {
    stopIfAborted(request);
    const call = requests.push(request) - 1;
    const answered =
      typeof script === "function" ? await script(request, call) : Array.isArray(script) ? script[call] : script;
    if (answered === undefined) {
      throw new LLMError({
        kind: "not-found",
        message: `The mock's script has ${call} answers and was asked for another`,
      });
    }
    if (typeof answered === "string") return { text: answered };
    return isLLMError(answered) ? { error: answered } : (answered as MockReply);
  };
  return {
    provider,
    requests,
    async generate(request) {
      const reply = await answer(request);
      if (reply.error) throw reply.error;
      return mockResult(reply, request, provider, requests.length);
    },
    async *stream(request): AsyncGenerator<StreamEvent, void, void> {
      const reply = await answer(request);
      for await (const event of streamResult(mockResult(reply, request, provider, requests.length))) {
        stopIfAborted(request);
        if (event.type === "finish" && reply.error) throw reply.error;
        yield event;
      }
    },
    async embed({ values, model = "mock" }) {
      const embeddings = values.map((value) => Float32Array.from(embed(value)));
      const usage = { inputTokens: { total: values.reduce((sum, value) => sum + tokensOf(value), 0) } };
      return { embeddings, usage, warnings: [], provider, model, response: {} };
    },
  };
}

function mockResult(reply: MockReply, request: GenerateRequest, provider: string, call: number): GenerateResult {
  const { reasoning, toolCalls = [], output } = reply;
  const text = reply.text ?? (output === undefined ? undefined : JSON.stringify(output));
  const calls = toolCalls.map(
    ({ id, name, input }, index): ToolCallPart => ({
      type: "tool-call",
      id: id ?? `call_${call}_${index}`,
      name,
      input,
    }),
  );
  const unified = reply.finishReason ?? (calls.length > 0 ? "tool-calls" : "stop");
  const finishReason: FinishReason = { unified, raw: unified };
  const prompt = JSON.stringify(request.messages ?? "");
  return assembleResult({
    content: [
      ...(reasoning === undefined ? [] : [{ type: "reasoning" as const, text: reasoning }]),
      ...(text === undefined ? [] : [{ type: "text" as const, text }]),
      ...calls,
    ],
    finishReason,
    usage: reply.usage ?? {
      inputTokens: { total: tokensOf(prompt), cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: tokensOf(text ?? ""), reasoning: undefined },
    },
    output,
    warnings: [],
    provider,
    model: request.model ?? "mock",
    response: {},
    ...reply.result,
  });
}

function stopIfAborted({ signal }: GenerateRequest): void {
  if (signal?.aborted) throw new LLMError({ kind: "aborted", message: "The call was aborted", cause: signal.reason });
}

/** As many as words and signs: something that grows with the text. */
function tokensOf(text: string): number {
  return text.match(/\w+|[^\s\w]/g)?.length ?? 0;
}

/** Eight numbers from -1 to 1 that follow from the text (FNV-1a). */
function vectorOf(text: string): number[] {
  return Array.from({ length: 8 }, (_, seed) => {
    let hash = 0x811c9dc5 ^ seed;
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
    return (hash >>> 0) / 2 ** 31 - 1;
  });
}
