import type {
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from "@ai-sdk/provider";
import { collect, type StreamEvent } from "@llmux/core";
import {
  type AdapterEvent,
  type AdapterRequest,
  type AdapterResult,
  type CallContext,
  LLMError,
} from "@llmux/core/adapter";
import { LLMUX } from "../shared/llmux-facts.js";
import { fromModelWarning } from "../shared/warnings.js";
import type { AnyLanguageModel } from "./models.js";
import type { Names } from "./names.js";
import { PartReader, partsOf } from "./part-reader.js";
import { responseInfo } from "./response-info.js";
import { toCallOptions } from "./to-call-options.js";

export async function generate(
  model: AnyLanguageModel,
  names: Names,
  request: AdapterRequest,
  context: CallContext,
): Promise<AdapterResult> {
  const options = toCallOptions(request, model, names, context);
  const { doGenerate } = await inThisVersion(model, options, context);
  const result = await doGenerate();
  const { finishReason, usage, providerMetadata, response, warnings } = result;
  for (const warning of warnings ?? []) context.warn(fromModelWarning(warning));
  const reader = new PartReader(names.id, undefined, context);
  async function* events(): AsyncGenerator<StreamEvent> {
    for (const part of partsOf(contentOf(result, request, context))) yield* reader.read(part) as StreamEvent[];
    yield* reader.read({
      type: "finish",
      finishReason,
      usage,
      ...(providerMetadata && { providerMetadata }),
    }) as StreamEvent[];
  }
  const collected = await collect(events());
  return {
    content: collected.content,
    finishReason: collected.finishReason,
    usage: collected.usage,
    response: responseInfo(response ?? {}),
    ...(collected.providerMetadata && { providerMetadata: collected.providerMetadata }),
  };
}

/** The content; where the model says which text is its structured output, without its other texts. */
function contentOf(
  { content, structuredOutputText }: LanguageModelV4GenerateResult,
  { output }: AdapterRequest,
  context: CallContext,
): LanguageModelV4GenerateResult["content"] {
  const text = content.map((part) => (part.type === "text" ? part.text : "")).join("");
  if (!output || structuredOutputText === undefined || structuredOutputText === text) return content;
  context.warn({ type: "other", parameter: "output", message: `The model wrote beside its output: ${text}` });
  return [...content.filter(({ type }) => type !== "text"), { type: "text", text: structuredOutputText }];
}

export async function* stream(
  model: AnyLanguageModel,
  names: Names,
  request: AdapterRequest,
  context: CallContext,
): AsyncGenerator<readonly AdapterEvent[]> {
  const options = toCallOptions(request, model, names, context);
  const { doStream, fromPart } = await inThisVersion(model, options, context);
  const { stream: parts, response } = await doStream();
  const reader = new PartReader(names.id, response?.headers, context);
  const source = parts.getReader();
  try {
    for (;;) {
      const { done, value } = await source.read();
      if (done) return;
      const part = fromPart(value);
      if (part.type === "finish") checkEnd(part);
      yield reader.read(part);
      if (reader.finished) return;
    }
  } finally {
    // Leaving the loop ends the request. What cancelling says of a stream that has failed is known already.
    source.cancel().catch(() => undefined);
  }
}

/**
 * The AI SDK's models end every stream with a `finish`, also one that was cut: with the reason `interrupted`, or, those of older
 * providers, with that of a model which was never told why it stopped.
 */
function checkEnd({ finishReason, providerMetadata }: Extract<LanguageModelV4StreamPart, { type: "finish" }>): void {
  const { unified, raw } = finishReason ?? {};
  if (providerMetadata?.[LLMUX] || (raw !== undefined && unified !== "interrupted")) return;
  if (unified !== "interrupted" && unified !== "other" && unified !== undefined) return;
  throw new LLMError({ kind: "connection", message: "The stream ended before the provider said why it stopped" });
}

interface ModelCalls {
  doGenerate(): Promise<LanguageModelV4GenerateResult>;
  doStream(): Promise<LanguageModelV4StreamResult>;
  fromPart(part: LanguageModelV4StreamPart): LanguageModelV4StreamPart;
}

/** The model's two calls, whatever its specification, in the words of this one. */
async function inThisVersion(
  model: AnyLanguageModel,
  options: LanguageModelV4CallOptions,
  context: CallContext,
): Promise<ModelCalls> {
  const version = model.specificationVersion;
  if (version === "v4")
    return {
      doGenerate: async () => model.doGenerate(options),
      doStream: async () => model.doStream(options),
      fromPart: (part) => part,
    };
  if (version !== "v2" && version !== "v3")
    throw new LLMError({
      kind: "unsupported",
      parameter: "model",
      message: `A language model of the AI SDK's specification ${JSON.stringify(version)} can't be used; v2, v3 and v4 can`,
    });
  const { toOlderOptions, fromOlderResult, fromOlderStreamPart } = await import("./older-specs.js");
  const said = toOlderOptions(options, version, context) as never;
  return {
    doGenerate: async () => fromOlderResult(await model.doGenerate(said)),
    doStream: async () => (await model.doStream(said)) as LanguageModelV4StreamResult,
    fromPart: fromOlderStreamPart,
  };
}
