import type {
  LanguageModelV2CallOptions,
  LanguageModelV2FinishReason,
  LanguageModelV2StreamPart,
  LanguageModelV2Usage,
  LanguageModelV3StreamPart,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4Usage,
  SharedV4FileData,
} from "@ai-sdk/provider";
import type { CallContext } from "@llmux/core/adapter";
import { bytesToBase64 } from "@llmux/core/media";

/** The versions of the specification before this one whose models `ai` takes too. */
export type OlderVersion = "v2" | "v3";

/** Call options as a model of an older specification takes them. */
export function toOlderOptions(
  options: LanguageModelV4CallOptions,
  version: OlderVersion,
  context: CallContext,
): LanguageModelV2CallOptions {
  const { prompt, tools } = options;
  const older = {
    ...options,
    prompt: prompt.map((message) => {
      if (message.role === "system") return message;
      return { ...message, content: message.content.flatMap((part) => toOlderPart(part, version, context)) };
    }),
    ...(version === "v2" &&
      tools && {
        tools: tools.map((tool) => (tool.type === "provider" ? { ...tool, type: "provider-defined" } : tool)),
      }),
  };
  return older as unknown as LanguageModelV2CallOptions;
}

type Part = Exclude<LanguageModelV4CallOptions["prompt"][number]["content"], string>[number];

function toOlderPart(part: Part, version: OlderVersion, context: CallContext): unknown[] {
  switch (part.type) {
    case "file": {
      const data = toOlderData(part.data, context);
      return data === undefined ? [] : [{ ...part, data }];
    }
    case "tool-result":
      return [{ ...part, output: toOlderOutput(part.output, version, context) }];
    case "custom":
    case "reasoning-file":
      context.unsupported("messages", `a model of specification ${version} takes no ${part.type} part`);
      return [];
    case "tool-approval-response":
      if (version === "v3") return [part];
      context.unsupported("messages", "a model of specification v2 takes no approval of a tool");
      return [];
    default:
      return [part];
  }
}

function toOlderData(data: SharedV4FileData, context: CallContext): Uint8Array | string | URL | undefined {
  if (data.type === "data") return data.data;
  if (data.type === "url") return data.url;
  if (data.type === "text") return bytesToBase64(new TextEncoder().encode(data.text));
  context.unsupported("messages", "a model of an older specification takes no file by its id");
  return undefined;
}

function toOlderOutput(output: LanguageModelV4ToolResultOutput, version: OlderVersion, context: CallContext): unknown {
  if (output.type !== "content") return output;
  const value = output.value.flatMap((part): unknown[] => {
    if (part.type !== "file") return [part];
    const data = toOlderData(part.data, context);
    if (data === undefined) return [];
    const { mediaType, filename, providerOptions } = part;
    const isImage = mediaType.startsWith("image/");
    if (data instanceof URL) {
      if (version === "v3") return [{ type: isImage ? "image-url" : "file-url", url: data.href, providerOptions }];
      context.unsupported("messages", "a model of specification v2 takes no URL in a tool's output");
      return [];
    }
    const base64 = typeof data === "string" ? data : bytesToBase64(data);
    if (version === "v2") return [{ type: "media", data: base64, mediaType }];
    if (isImage) return [{ type: "image-data", data: base64, mediaType, providerOptions }];
    return [{ type: "file-data", data: base64, mediaType, filename, providerOptions }];
  });
  return { ...output, value };
}

/** What a model of an older specification answers, in the words of this one. */
export function fromOlderResult(result: object): LanguageModelV4GenerateResult {
  const { content, finishReason, usage, ...rest } = result as LanguageModelV4GenerateResult;
  return {
    ...rest,
    content: content.map((part) => withTaggedData(part)),
    finishReason: fromOlderFinishReason(finishReason),
    usage: fromOlderUsage(usage),
  };
}

export function fromOlderStreamPart(
  part: LanguageModelV2StreamPart | LanguageModelV3StreamPart | LanguageModelV4StreamPart,
): LanguageModelV4StreamPart {
  if (part.type !== "finish") return withTaggedData(part as LanguageModelV4StreamPart);
  const { finishReason, usage } = part;
  return {
    ...part,
    finishReason: fromOlderFinishReason(finishReason),
    usage: fromOlderUsage(usage),
  } as LanguageModelV4StreamPart;
}

function withTaggedData<P extends { type: string }>(part: P): P {
  const { data } = part as { data?: unknown };
  const bare = part.type === "file" && (typeof data === "string" || data instanceof Uint8Array);
  return bare ? { ...part, data: { type: "data", data } } : part;
}

function fromOlderFinishReason(
  reason: LanguageModelV2FinishReason | LanguageModelV4FinishReason,
): LanguageModelV4FinishReason {
  if (typeof reason !== "string") return reason;
  // `unknown` is what a model says that was told no reason, such as one whose stream was cut.
  if (reason === "unknown") return { unified: "other", raw: undefined };
  return { unified: reason, raw: reason };
}

function fromOlderUsage(usage: LanguageModelV2Usage | LanguageModelV4Usage | undefined): LanguageModelV4Usage {
  if (typeof usage?.inputTokens === "object" && usage.inputTokens !== null) return usage as LanguageModelV4Usage;
  const { inputTokens, outputTokens, reasoningTokens, cachedInputTokens } = (usage ?? {}) as LanguageModelV2Usage;
  return {
    inputTokens: { total: inputTokens, noCache: undefined, cacheRead: cachedInputTokens, cacheWrite: undefined },
    outputTokens: { total: outputTokens, text: undefined, reasoning: reasoningTokens },
    ...(usage && { raw: usage as never }),
  };
}
