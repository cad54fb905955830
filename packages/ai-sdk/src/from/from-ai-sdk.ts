import type { Adapter } from "@llmux/core";
import { type AdapterBackend, defineAdapter, LLMError } from "@llmux/core/adapter";
import { isOwn } from "../shared/own-model.js";
import type {
  AISDKProvider,
  AnyEmbeddingModel,
  AnyImageModel,
  AnyLanguageModel,
  AnyRerankingModel,
  AnySpeechModel,
  AnyTranscriptionModel,
} from "./models.js";
import { keyOf, type Names } from "./names.js";

export interface FromAISDKOptions {
  /** The adapter's id, which is its prefix: lower-case letters, digits, `-` and `_`. */
  prefix: string;
  /** As people write it, for messages. Default the prefix. */
  name?: string | undefined;
  /** Further prefixes. */
  aliases?: readonly string[] | undefined;
  /** Bare model names that it recognises; `*` stands for anything. */
  models?: readonly string[] | undefined;
  /** A provider of the AI SDK, such as `createGroq()`. Its models are asked for by the name after the prefix. */
  provider?: AISDKProvider | undefined;
  /** Single models, beside the provider's or without one. Each goes by its own `modelId`. */
  languageModel?: AnyLanguageModel | readonly AnyLanguageModel[] | undefined;
  embeddingModel?: AnyEmbeddingModel | readonly AnyEmbeddingModel[] | undefined;
  rerankingModel?: AnyRerankingModel | readonly AnyRerankingModel[] | undefined;
  imageModel?: AnyImageModel | readonly AnyImageModel[] | undefined;
  transcriptionModel?: AnyTranscriptionModel | readonly AnyTranscriptionModel[] | undefined;
  speechModel?: AnySpeechModel | readonly AnySpeechModel[] | undefined;
  /**
   * The key under which the provider reads `providerOptions`, to which `providerOptions.<prefix>` goes. Default the first part of its
   * models' `provider`: `openai` for `openai.chat`.
   */
  optionsKey?: string | undefined;
  /** The key that the provider was made with: told to llmux, it is shown in no error, whatever a server echoes. */
  secret?: string | undefined;
}

/** The name of the models' method, and of the option for single ones. */
type Kind = Exclude<keyof AISDKProvider, "textEmbeddingModel">;

interface Model {
  readonly provider: string;
  readonly modelId: string;
  readonly specificationVersion: string;
}

/**
 * An adapter for a provider of the AI SDK, or for single models of one. It has the optional calls (`embed`, `rerank`, …) for which
 * the provider has models.
 *
 * ```ts
 * const llm = createLLM({ adapters: [fromAISDK({ prefix: "groq", provider: createGroq() })], model: "groq/llama-3.3-70b" });
 * ```
 */
export function fromAISDK(options: FromAISDKOptions): Adapter {
  const { prefix, name = prefix, aliases, models, secret } = options;
  const adapter = defineAdapter<Pick<FromAISDKOptions, "secret">>({
    id: prefix,
    name,
    aliases,
    models,
    env: { secret: { variables: [], secret: true, description: "the key that the provider was made with" } },
    createBackend: () => createModelBackend(options),
  });
  return adapter({ secret });
}

function createModelBackend(options: FromAISDKOptions): AdapterBackend {
  const { prefix: id, optionsKey } = options;
  const namesOf = (model: Model): Names => {
    const own = isOwn(model);
    return { id, key: optionsKey ?? (own ? id : keyOf(model.provider)), own };
  };
  const find = <M extends Model>(kind: Kind, modelId: string): { model: M; names: Names } => {
    const model = findModel(options, kind, modelId) as Model as M;
    return { model, names: namesOf(model) };
  };
  const has = (kind: Kind): boolean =>
    options[kind] !== undefined ||
    options.provider?.[kind] !== undefined ||
    (kind === "embeddingModel" && options.provider?.textEmbeddingModel !== undefined);
  const language = (modelId: string): { model: AnyLanguageModel; names: Names } => find("languageModel", modelId);
  return {
    async generate(request, context) {
      const { model, names } = language(request.model);
      return (await import("./language.js")).generate(model, names, request, context);
    },
    async *stream(request, context) {
      const { model, names } = language(request.model);
      yield* (await import("./language.js")).stream(model, names, request, context);
    },
    ...(has("embeddingModel") && {
      async embed(request, context) {
        const { model, names } = find<AnyEmbeddingModel>("embeddingModel", request.model);
        return (await import("./embed.js")).embed(model, names, request, context);
      },
    }),
    ...(has("rerankingModel") && {
      async rerank(request, context) {
        const { model, names } = find<AnyRerankingModel>("rerankingModel", request.model);
        return (await import("./rerank.js")).rerank(model, names, request, context);
      },
    }),
    ...(has("imageModel") && {
      async generateImage(request, context) {
        const { model, names } = find<AnyImageModel>("imageModel", request.model);
        return (await import("./generate-image.js")).generateImage(model, names, request, context);
      },
    }),
    ...(has("transcriptionModel") && {
      async transcribe(request, context) {
        const { model, names } = find<AnyTranscriptionModel>("transcriptionModel", request.model);
        return (await import("./transcribe.js")).transcribe(model, names, request, context);
      },
    }),
    ...(has("speechModel") && {
      async speak(request, context) {
        const { model, names } = find<AnySpeechModel>("speechModel", request.model);
        return (await import("./speak.js")).speak(model, names, request, context);
      },
    }),
    toError: async (error) => (await import("./errors.js")).errorFacts(error),
  } satisfies AdapterBackend;
}

function findModel(options: FromAISDKOptions, kind: Kind, modelId: string): Model {
  const { provider, [kind]: given = [] } = options;
  const singles = (Array.isArray(given) ? given : [given]) as readonly Model[];
  const single = singles.find((model) => model.modelId === modelId);
  if (single) return single;
  const method = provider?.[kind] ?? (kind === "embeddingModel" ? provider?.textEmbeddingModel : undefined);
  // Called as the provider's method: some use `this`.
  const made = (method as ((modelId: string) => Model | undefined) | undefined)?.call(provider, modelId);
  if (made) return made;
  const what = kind.replace(/[A-Z]/, (letter) => ` ${letter.toLowerCase()}`);
  const known = singles.map((model) => model.modelId);
  throw new LLMError({
    kind: "not-found",
    parameter: "model",
    message: `There is no ${what} ${JSON.stringify(modelId)}${known.length > 0 ? `; there is ${known.join(", ")}` : ""}`,
  });
}
