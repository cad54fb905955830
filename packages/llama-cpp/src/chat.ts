import type { CountTokensResult, FinishReason } from "@llmux/core";
import { type AdapterEvent, type AdapterRequest, type CallContext, LLMError } from "@llmux/core/adapter";
import type {
  ChatHistoryItem,
  ChatWrapper,
  GbnfJsonSchema,
  LLamaChatGenerateResponseOptions,
  LlamaChatResponse,
  LlamaContextSequence,
  LlamaGrammar,
  Token,
} from "node-llama-cpp";
import { callingFirst, continuing } from "./chat-formats.js";
import type { LoadedModel } from "./loaded-model.js";
import type { LlamaCppOptions } from "./options.js";
import { ReplyReader } from "./reply-reader.js";
import { requestOptions } from "./request-options.js";
import type { Runtime } from "./runtime.js";
import { held } from "./shelf.js";
import { type Functions, toFunctions } from "./to-functions.js";
import { toGeneration } from "./to-generation.js";
import { toGrammarSchema } from "./to-grammar-schema.js";
import { toHistory } from "./to-history.js";
import { withThinking } from "./to-thinking.js";

/** A request, ready to be computed. */
interface Prompt {
  history: ChatHistoryItem[];
  wrapper: ChatWrapper;
  functions: Functions | undefined;
  tokens: Token[];
  budgets?: { thoughtTokens: number };
}

/**
 * Answers one request, and hands over the events of the reply as they come.
 * @throws LLMError among others `context-window-exceeded` for a prompt that leaves no room for a reply
 */
export async function chat(
  runtime: Runtime,
  request: AdapterRequest,
  context: CallContext,
  emit: (events: readonly AdapterEvent[]) => void,
): Promise<void> {
  const { signal } = context;
  const options = requestOptions(request, context, runtime.settings);
  const generation = toGeneration(request, options);
  const written = { history: toHistory(request.messages, context), functions: toFunctions(request, context) };
  const shape = written.functions ? undefined : shapeOf(request, context);
  await held(runtime.model(request.model, options, signal), async (loaded) => {
    const prompt = toPrompt(loaded, request, options, written, context);
    await held(loaded.chatContext(options, signal), async ({ context: space, sequences }) => {
      const fits = prompt.tokens.length + 1 < space.contextSize;
      if (!fits) tooLong(prompt.tokens.length, space.contextSize, options, context);
      const room = options.contextShift ? undefined : space.contextSize - 1 - prompt.tokens.length;
      const sequence = await sequences.take(signal, (free) => mostInCommon(free, prompt.tokens));
      try {
        emit([{ type: "start", response: { model: loaded.model.filename } }]);
        const grammar = shape && (await grammarOf(loaded, shape));
        const reader = new ReplyReader(request.messages, emit);
        const cached = cachedTokens(sequence, prompt.tokens);
        const before = sequence.tokenMeter.getState();
        const sampling = { ...generation, ...limit(generation, room), signal };
        const reply = await generate(loaded, sequence, prompt, sampling, grammar, reader, options);
        const spent = sequence.tokenMeter.diff(before);
        reader.finish({
          finishReason: finishReasonOf(reply, reader.calls > 0, generation.maxTokens, room),
          usage: {
            inputTokens: {
              total: fits ? prompt.tokens.length : undefined,
              cacheRead: fits ? cached : undefined,
              cacheWrite: undefined,
            },
            outputTokens: {
              total: spent.usedOutputTokens,
              reasoning: prompt.wrapper.settings.segments?.thought ? reader.thoughtTokens : undefined,
            },
            raw: spent,
          },
        });
      } catch (error) {
        // What it holds after a failure is not known.
        if (!signal.aborted) await sequence.clearHistory().catch(() => undefined);
        throw error;
      } finally {
        sequences.giveBack(sequence);
      }
    });
  });
}

/** How many tokens the prompt has, in the model's own chat format. Loads the model. */
export async function countTokens(
  runtime: Runtime,
  request: AdapterRequest,
  context: CallContext,
): Promise<CountTokensResult> {
  const options = requestOptions(request, context, runtime.settings);
  const written = { history: toHistory(request.messages, context), functions: toFunctions(request, context) };
  const inputTokens = await held(
    runtime.model(request.model, options, context.signal),
    (loaded) => toPrompt(loaded, request, options, written, context).tokens.length,
  );
  return { inputTokens };
}

function toPrompt(
  loaded: LoadedModel,
  request: AdapterRequest,
  options: LlamaCppOptions,
  { history, functions }: Pick<Prompt, "history" | "functions">,
  context: CallContext,
): Prompt {
  const { wrapper: plain, budgets } = withThinking(loaded, request, options, context);
  const shown = plain.settings.segments?.thought ? history : history.map(withoutThoughts);
  const last = shown.at(-1);
  const begun = last?.type === "model" && typeof last.response.at(-1) === "string";
  const wrapper = functions?.forced ? callingFirst(plain) : begun ? continuing(plain) : plain;
  try {
    const { contextText } = wrapper.generateContextState({
      chatHistory: last?.type === "model" ? shown : [...shown, { type: "model", response: [] }],
      availableFunctions: functions?.functions,
      documentFunctionParams: options.documentFunctionParams,
    });
    const tokens = contextText.tokenize(loaded.model.tokenizer);
    return { history: shown, wrapper, functions, tokens, ...(budgets && { budgets }) };
  } catch (cause) {
    throw new LLMError({
      kind: "invalid-request",
      parameter: "messages",
      message: `The model's chat template can't write this conversation: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}

/** A chat format without thoughts would show them as if they had been said. */
function withoutThoughts(item: ChatHistoryItem): ChatHistoryItem {
  if (item.type !== "model") return item;
  return { ...item, response: item.response.filter((part) => typeof part === "string" || part.type !== "segment") };
}

/** What the reply's JSON must look like. */
function shapeOf({ output }: AdapterRequest, context: CallContext): GbnfJsonSchema | "json" | undefined {
  if (!output) return undefined;
  return output.schema === undefined ? "json" : toGrammarSchema(output.schema, "output", context);
}

async function grammarOf({ llama }: LoadedModel, shape: GbnfJsonSchema | "json"): Promise<LlamaGrammar> {
  // Its type wants to see the schema's own.
  return shape === "json" ? llama.getGrammarFor("json") : llama.createGrammarForJsonSchema(shape as never);
}

/** The sequence that has already computed most of the prompt. */
function mostInCommon(free: readonly LlamaContextSequence[], tokens: Token[]): LlamaContextSequence {
  const common = free.map((sequence) => sequence.compareContextTokens(tokens).firstDifferentIndex);
  return free[common.indexOf(Math.max(...common))]!;
}

/** Tokens of a prompt that need not be computed again; the last one always is. Not known of models that go back only to checkpoints. */
function cachedTokens(sequence: LlamaContextSequence, tokens: Token[]): number | undefined {
  if (sequence.needsCheckpoints) return undefined;
  return Math.min(sequence.compareContextTokens(tokens).firstDifferentIndex, tokens.length - 1);
}

async function generate(
  { sdk }: LoadedModel,
  sequence: LlamaContextSequence,
  { history, wrapper, functions, budgets }: Prompt,
  sampling: LLamaChatGenerateResponseOptions,
  grammar: LlamaGrammar | undefined,
  reader: ReplyReader,
  { contextShift, documentFunctionParams }: LlamaCppOptions,
): Promise<LlamaChatResponse> {
  const talk = new sdk.LlamaChat({ contextSequence: sequence, chatWrapper: wrapper });
  const calling = functions && {
    functions: functions.functions,
    ...(documentFunctionParams !== undefined && { documentFunctionParams }),
    ...(functions.most !== undefined && { maxParallelFunctionCalls: functions.most }),
    onFunctionCallParamsChunk: reader.onParams,
    onFunctionCall: reader.onCall,
  };
  try {
    return (await talk.generateResponse(history, {
      ...sampling,
      ...(budgets && { budgets }),
      ...(!contextShift && { contextShift: { size: noShift } }),
      onResponseChunk: reader.onChunk,
      ...(calling ?? (grammar && { grammar })),
    } as LLamaChatGenerateResponseOptions)) as LlamaChatResponse;
  } finally {
    talk.dispose({ disposeSequence: false });
  }
}

/** Asked for how much to drop when the context is full. The limit of tokens keeps that from happening, but for what the format itself adds. */
function noShift(sequence: LlamaContextSequence): never {
  throw contextExceeded(`The context of ${sequence.contextSize} tokens is full`);
}

function tooLong(prompt: number, contextSize: number, options: LlamaCppOptions, context: CallContext): void {
  const message = `The prompt has ${prompt} tokens, and the context holds ${contextSize}, the reply included`;
  if (!options.contextShift) throw contextExceeded(message);
  context.warn({ type: "truncated", parameter: "messages", message: `${message}. The oldest turns were left out` });
}

function contextExceeded(message: string): LLMError {
  return new LLMError({
    kind: "context-window-exceeded",
    message: `${message}. A larger contextSize takes more memory`,
  });
}

function limit({ maxTokens }: LLamaChatGenerateResponseOptions, room: number | undefined): { maxTokens?: number } {
  if (room === undefined) return {};
  return { maxTokens: Math.min(maxTokens ?? room, room) };
}

function finishReasonOf(
  { metadata: { stopReason } }: LlamaChatResponse,
  called: boolean,
  maxTokens: number | undefined,
  room: number | undefined,
): FinishReason {
  if (stopReason === "maxTokens") {
    const full = room !== undefined && (maxTokens === undefined || room < maxTokens);
    return { unified: "length", raw: full ? "contextSize" : stopReason };
  }
  return { unified: called ? "tool-calls" : "stop", raw: stopReason };
}
