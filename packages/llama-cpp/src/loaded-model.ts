import { LLMError } from "@llmux/core/adapter";
import type {
  ChatWrapper,
  Llama,
  LlamaContext,
  LlamaContextSequence,
  LlamaEmbeddingContext,
  LlamaModel,
  LlamaRankingContext,
  ResolveChatWrapperWithModelOptions,
} from "node-llama-cpp";
import type { Settings } from "./config.js";
import { defined } from "./defined.js";
import type { Sdk } from "./engine.js";
import type { LlamaCppOptions, LoadOptions } from "./options.js";
import { type Lease, Shelf } from "./shelf.js";
import { Turns } from "./turns.js";

/** A context, with as many sequences as calls may run in it at once. */
export interface ChatContext {
  readonly context: LlamaContext;
  readonly sequences: Turns<LlamaContextSequence>;
}

/** How a model wants a chat to be written. */
export interface ChatFormat {
  readonly wrapper: ChatWrapper;
  /** Why that is not the file's own template. */
  readonly fault?: string;
}

type AnyContext = ChatContext | { context: LlamaEmbeddingContext | LlamaRankingContext };

/** Contexts of one model: for chat, embeddings and reranking, and one in spare for other options. */
const MOST_CONTEXTS = 4;
/** Callers who send a template with each request shall not fill the memory with them. */
const MOST_FORMATS = 16;
/** What a context takes where nobody says. `auto` alone could fill the memory with the cache of a model of a million tokens. */
const DEFAULT_CONTEXT_SIZE = { max: 8192 };

/** A model in memory, with the contexts made of it. */
export class LoadedModel {
  readonly sdk: Sdk;
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly #settings: Settings;
  readonly #contexts: Shelf<AnyContext> = new Shelf(MOST_CONTEXTS, ({ context }) => context.dispose());
  readonly #formats = new Map<string, ChatFormat>();

  constructor(sdk: Sdk, llama: Llama, model: LlamaModel, settings: Settings) {
    this.sdk = sdk;
    this.llama = llama;
    this.model = model;
    this.#settings = settings;
  }

  async dispose(): Promise<void> {
    await this.#contexts.clear();
    await this.model.dispose();
  }

  /** @throws InsufficientMemoryError */
  chatContext(options: LoadOptions, signal: AbortSignal): Promise<Lease<ChatContext>> {
    const { parallel } = this.#settings;
    const { contextSize, batchSize, threads, flashAttention, lora, swaFullCache } = this.#options(options);
    const wanted = defined({ contextSize, batchSize, threads, flashAttention, lora, swaFullCache });
    return this.#take("chat", wanted, signal, async () => {
      const context = await this.model.createContext({ ...wanted, sequences: parallel });
      return { context, sequences: new Turns(parallel, () => context.getSequence()) };
    });
  }

  embeddingContext(options: LoadOptions, signal: AbortSignal): Promise<Lease<{ context: LlamaEmbeddingContext }>> {
    const wanted = this.#plainOptions(options);
    return this.#take("embed", wanted, signal, async () => ({
      context: await this.model.createEmbeddingContext(wanted),
    }));
  }

  rankingContext(options: LlamaCppOptions, signal: AbortSignal): Promise<Lease<{ context: LlamaRankingContext }>> {
    const { rankingTemplate } = options;
    const wanted = {
      ...this.#plainOptions(options),
      ...(rankingTemplate !== undefined && { template: rankingTemplate as `${string}{{query}}${string}{{document}}` }),
    };
    return this.#take("rerank", wanted, signal, async () => ({
      context: await this.model.createRankingContext(wanted),
    }));
  }

  /**
   * How the model wants a chat to be written. Telling that from the file takes a third of a second, so it is kept.
   * @throws LLMError `invalid-request` for a chat format that there is none of, or a template of the caller's that is none
   */
  chatFormat(type: string = "auto", settings: NonNullable<LlamaCppOptions["chatWrapperSettings"]> = {}): ChatFormat {
    const key = JSON.stringify([type, settings]);
    let format = this.#formats.get(key);
    if (!format) {
      format = this.#resolveFormat(type, settings);
      if (this.#formats.size >= MOST_FORMATS) this.#formats.clear();
      this.#formats.set(key, format);
    }
    return format;
  }

  #resolveFormat(type: string, settings: Readonly<Record<string, { template?: unknown }>>): ChatFormat {
    const { resolveChatWrapper, resolvableChatWrapperTypeNames } = this.sdk;
    if (!(resolvableChatWrapperTypeNames as readonly string[]).includes(type))
      throw noFormat(
        "chatWrapper",
        `there is no ${JSON.stringify(type)}; there are ${resolvableChatWrapperTypeNames.join(", ")}`,
      );
    // On its own it would print what is wrong with a template, and go on.
    const silent = { type, customWrapperSettings: settings, warningLogs: false } as ResolveChatWrapperWithModelOptions;
    try {
      return { wrapper: resolveChatWrapper(this.model, { ...silent, fallbackToOtherWrappersOnJinjaError: false }) };
    } catch (cause) {
      const fault = cause instanceof Error ? cause.message : String(cause);
      if (type !== "auto" || settings.jinjaTemplate?.template !== undefined)
        throw noFormat("chatWrapperSettings", fault, cause);
      return { wrapper: resolveChatWrapper(this.model, { ...silent, noJinja: true }), fault };
    }
  }

  #options(options: LoadOptions): LoadOptions {
    const wanted = { contextSize: DEFAULT_CONTEXT_SIZE, ...defined(this.#settings), ...defined(options) };
    // The engine would give no more than it thinks good for the machine.
    const { threads } = wanted;
    const ideal = (typeof threads === "object" ? threads.ideal : threads) ?? 0;
    if (this.llama.maxThreads > 0 && ideal > this.llama.maxThreads) this.llama.maxThreads = ideal;
    return wanted;
  }

  #plainOptions(options: LoadOptions): {
    contextSize?: LoadOptions["contextSize"] & {};
    batchSize?: number;
    threads?: number;
  } {
    const { contextSize, batchSize, threads } = this.#options(options);
    const ideal = typeof threads === "object" ? threads.ideal : threads;
    return defined({ contextSize, batchSize, threads: ideal });
  }

  #take<T extends AnyContext>(
    kind: string,
    options: object,
    signal: AbortSignal,
    make: () => Promise<T>,
  ): Promise<Lease<T>> {
    return this.#contexts.take(JSON.stringify([kind, options]), make, signal) as Promise<Lease<T>>;
  }
}

function noFormat(option: string, why: string, cause?: unknown): LLMError {
  const parameter = `providerOptions.llama-cpp.${option}`;
  return new LLMError({
    kind: "invalid-request",
    parameter,
    message: `${parameter}: no such chat format: ${why}`,
    cause,
  });
}
