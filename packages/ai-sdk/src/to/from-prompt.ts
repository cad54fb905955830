import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import type {
  AssistantPart,
  CacheHint,
  FilePart,
  ImagePart,
  MediaData,
  Message,
  ProviderMetadata,
  ProviderOptions,
  ToolOutputPart,
  ToolResultPart,
  UserPart,
} from "@llmux/core";
import { defined } from "../shared/defined.js";
import { LLMUX, splitFacts } from "../shared/llmux-facts.js";

/** A conversation of the AI SDK's as llmux's messages. `provider` is the backend's id, for the parts that only it understands. */
export function fromPrompt(prompt: LanguageModelV4Prompt, provider: string): Message[] {
  return prompt.flatMap((message): Message[] => {
    switch (message.role) {
      case "system":
        return [fromSystem(message)];
      case "user":
        return [{ role: "user", content: inherit(message, message.content.map(fromUserPart)) }];
      case "assistant":
        return fromAssistant(message, provider);
      default:
        return fromTool(message, provider);
    }
  });
}

function fromSystem({ content, providerOptions }: Extract<LanguageModelV4Message, { role: "system" }>): Message {
  const hints = hintsOf(providerOptions);
  if (Object.keys(hints).length === 0) return { role: "system", content };
  return { role: "system", content: [{ type: "text", text: content, ...hints }] };
}

/** The AI SDK's options of a message are those of its last part. */
function inherit<P extends UserPart | AssistantPart | ToolResultPart>(
  { providerOptions }: { providerOptions?: SharedV4ProviderOptions },
  parts: P[],
): P[] {
  const last = parts.at(-1);
  if (providerOptions && last) parts[parts.length - 1] = { ...hintsOf(providerOptions), ...last };
  return parts;
}

interface Hints {
  cache?: CacheHint;
  providerOptions?: ProviderOptions;
}

/** What the caller said of a part: a wish to cache in llmux's own word, the rest as it is. */
function hintsOf(options: SharedV4ProviderOptions | undefined): Hints {
  const hints: Hints = {};
  const rest: Record<string, object> = {};
  for (const [namespace, value] of Object.entries(options ?? {})) {
    if (namespace === LLMUX || typeof value !== "object" || value === null) continue;
    const { cacheControl, cache_control: snake, cachePoint, imageDetail: _, ...others } = value;
    const wish = (cacheControl ?? snake ?? cachePoint) as { ttl?: string } | undefined;
    if (wish) hints.cache = wish.ttl === "5m" || wish.ttl === "1h" ? { ttl: wish.ttl } : true;
    if (Object.keys(others).length > 0) rest[namespace] = others;
  }
  if (Object.keys(rest).length > 0) hints.providerOptions = rest as ProviderOptions;
  return hints;
}

function fromUserPart(part: Extract<LanguageModelV4Message, { role: "user" }>["content"][number]): UserPart {
  const hints = hintsOf(part.providerOptions);
  return part.type === "text" ? { type: "text", text: part.text, ...hints } : { ...fromFilePart(part), ...hints };
}

function fromFilePart(
  part: Pick<LanguageModelV4FilePart, "data" | "mediaType" | "filename" | "providerOptions">,
): UserPart {
  const { data, mediaType, filename, providerOptions } = part;
  if (data.type === "text" && /^(text\/|$)/.test(mediaType)) {
    const bytes = new TextEncoder().encode(data.text);
    return {
      type: "file",
      data: bytes,
      mediaType: mediaType || "text/plain",
      ...(filename !== undefined && { filename }),
    };
  }
  const said = mediaType.includes("*") || !mediaType.includes("/") ? {} : { mediaType };
  const shared = { data: mediaData(data), ...said };
  if (/^image(\/|$)/.test(mediaType)) {
    const detail = Object.values(providerOptions ?? {}).find((own) => own?.imageDetail)?.imageDetail;
    return { type: "image", ...shared, ...(detail !== undefined && { detail: detail as ImagePart["detail"] }) };
  }
  if (/^audio(\/|$)/.test(mediaType)) return { type: "audio", ...shared };
  return { type: "file", ...shared, ...(filename !== undefined && { filename }) };
}

function mediaData(data: LanguageModelV4FilePart["data"]): MediaData {
  switch (data.type) {
    case "data":
      return data.data;
    case "url":
      return data.url;
    case "text":
      return new TextEncoder().encode(data.text);
    default:
      return { fileId: Object.values(data.reference as Record<string, string>)[0] ?? "" };
  }
}

function fromAssistant(message: Extract<LanguageModelV4Message, { role: "assistant" }>, provider: string): Message[] {
  const parts = message.content.map((part): AssistantPart => {
    const { facts, metadata } = splitFacts(part.providerOptions);
    // What stands with a part of the model's is what its provider said of it, and goes back to it unchanged.
    const said: { providerMetadata?: ProviderMetadata } = metadata ? { providerMetadata: metadata } : {};
    switch (part.type) {
      case "text": {
        if (facts.refusal) return { type: "refusal", text: part.text, ...said };
        return { type: "text", text: part.text, ...(facts.citations && { citations: facts.citations }), ...said };
      }
      case "reasoning": {
        const { signature, redacted, id, provider: sealer } = facts;
        return {
          type: "reasoning",
          text: part.text,
          ...(signature !== undefined && { signature }),
          ...(redacted !== undefined && { redacted }),
          ...(id !== undefined && { id }),
          ...(sealer !== undefined && { provider: sealer }),
          ...said,
        };
      }
      case "tool-call":
        if (!part.providerExecuted)
          return { type: "tool-call", id: part.toolCallId, name: part.toolName, ...inputOf(part.input), ...said };
        return providerPart(provider, { ...part, input: JSON.stringify(part.input) });
      case "tool-result":
        return providerPart(provider, { ...part, result: resultOf(part.output), output: undefined });
      case "file": {
        const own = fromFilePart(part) as FilePart;
        return { ...own, ...(facts.transcript !== undefined && { transcript: facts.transcript }), ...said } as FilePart;
      }
      case "custom":
        if (facts.part) return facts.part as AssistantPart;
        return providerPart(provider, { ...part });
      default:
        return providerPart(provider, { ...part });
    }
  });
  return [{ role: "assistant", content: inherit(message, parts) }];
}

/** The model's own words where they were not JSON. */
function inputOf(input: unknown): { input: unknown; inputText?: string } {
  return typeof input === "string" ? { input: undefined, inputText: input } : { input: input ?? {} };
}

/** A part that only an AI SDK model understands: sent on to one behind the backend, refused by others. */
function providerPart(
  provider: string,
  { providerOptions, ...part }: { providerOptions?: object; [field: string]: unknown },
): AssistantPart {
  return { type: "provider", provider, value: defined({ ...part, providerMetadata: providerOptions }) };
}

function resultOf(output: LanguageModelV4ToolResultPart["output"]): unknown {
  return "value" in output ? output.value : { type: output.type, reason: output.reason };
}

function fromTool(message: Extract<LanguageModelV4Message, { role: "tool" }>, provider: string): Message[] {
  const results: ToolResultPart[] = [];
  const answers: UserPart[] = [];
  for (const part of message.content) {
    if (part.type === "tool-result") results.push(fromToolResult(part));
    else answers.push({ type: "provider", provider, value: part });
  }
  return [
    ...(results.length > 0 ? [{ role: "tool" as const, content: inherit(message, results) }] : []),
    ...(answers.length > 0 ? [{ role: "user" as const, content: answers }] : []),
  ];
}

function fromToolResult({
  toolCallId,
  toolName,
  output,
  providerOptions,
}: LanguageModelV4ToolResultPart): ToolResultPart {
  const outputOptions = "providerOptions" in output ? output.providerOptions : undefined;
  const shared = {
    type: "tool-result",
    toolCallId,
    toolName,
    ...hintsOf({ ...outputOptions, ...providerOptions }),
  } as const;
  switch (output.type) {
    case "text":
      return { ...shared, output: output.value };
    case "json":
      return { ...shared, output: asJSON(output.value) };
    case "error-text":
      return { ...shared, output: output.value, isError: true };
    case "error-json":
      return { ...shared, output: asJSON(output.value), isError: true };
    case "execution-denied":
      return { ...shared, output: output.reason ?? "The user did not allow this tool to run.", isError: true };
    default:
      return { ...shared, output: output.value.map(fromOutputPart) };
  }
}

/** Text and lists mean text and parts to llmux: as JSON they go as their JSON text. */
function asJSON(value: unknown): unknown {
  return typeof value === "string" || Array.isArray(value) ? JSON.stringify(value) : value;
}

type OutputPart = Extract<LanguageModelV4ToolResultPart["output"], { type: "content" }>["value"][number];

function fromOutputPart(part: OutputPart): ToolOutputPart {
  if (part.type === "text") return { type: "text", text: part.text, ...hintsOf(part.providerOptions) };
  if (part.type === "file") {
    const file = fromFilePart(part);
    // An output has no part for sound: as a file it is what it is.
    return {
      ...file,
      ...(file.type === "audio" && { type: "file" }),
      ...hintsOf(part.providerOptions),
    } as ToolOutputPart;
  }
  return { type: "text", text: JSON.stringify(part.providerOptions ?? {}) };
}
