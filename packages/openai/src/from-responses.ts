import type {
  AssistantPart,
  Citation,
  FinishReason,
  ImagePart,
  ProviderMetadata,
  ProviderPart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  Usage,
} from "@llmux/core";
import type { AdapterFinishEvent, AdapterResult } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { parseToolInput, toolInputText } from "@llmux/core/tool-calls";
import type {
  Response,
  ResponseCustomToolCall,
  ResponseFunctionToolCall,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseReasoningItem,
  ResponseUsage,
} from "openai/resources/responses/responses";
import { errorFromObject } from "./errors.js";
import type { WireHost } from "./host.js";

/**
 * What a response of the Responses API means.
 *
 * Each output item becomes parts that {@link toResponses} turns back into the very same item: what the neutral part has no place
 * for is kept in its `providerMetadata`, under the wire's own names.
 *
 * @throws LLMError what a failed response says went wrong; `malformed-response` for what is no response
 */
export function fromResponses(response: Response, { provider }: WireHost): AdapterResult {
  throwIfFailed(response);
  const { output } = response;
  if (!Array.isArray(output) || output.some((item) => typeof item?.type !== "string"))
    throw malformed("The provider's answer is not a response", response);
  return {
    content: output.flatMap((item) => partsOf(item, provider)),
    ...responseFacts(response, output, provider),
  };
}

/** @throws LLMError the error of a response whose generation failed, or of an error body that came with a status of success */
export function throwIfFailed(response: Response | undefined): void {
  if (typeof response !== "object" || response === null)
    throw malformed("The provider's answer is not a response", response);
  if (!response.error && response.status !== "failed") return;
  throw errorFromObject(response.error ?? { message: "The response failed; the provider does not say why" });
}

/** The parts that an output item becomes, in order. */
function partsOf(item: ResponseOutputItem, provider: string): AssistantPart[] {
  switch (item.type) {
    case "message":
      return (item.content ?? []).map((content) =>
        content.type === "refusal"
          ? { type: "refusal", text: content.refusal ?? "" }
          : { type: "text", text: content.text ?? "", ...textFacts(item, content, provider) },
      );
    case "reasoning": {
      const texts = reasoningTexts(item);
      if (texts.length === 0)
        return [{ type: "reasoning", text: "", ...reasoningFacts(item, undefined, true, provider) }];
      return texts.map(({ kind, text }, index) => ({
        type: "reasoning",
        text,
        ...reasoningFacts(item, kind, index === texts.length - 1, provider),
      }));
    }
    case "function_call":
    case "custom_tool_call":
      return [toolCallPart(item, provider)];
    default:
      return [wholePart(item, provider)];
  }
}

/** What is known of a text beside its words: what it cites, and the message item that it belongs to. */
export function textFacts(
  item: ResponseOutputMessage,
  content: ResponseOutputText,
  provider: string,
): Pick<TextPart, "citations" | "providerMetadata"> {
  const { type: _t, role: _r, content: _c, ...message } = item;
  const { annotations, logprobs, text } = content;
  return {
    ...(annotations?.length > 0 && { citations: annotations.map((annotation) => citation(annotation, text)) }),
    providerMetadata: { [provider]: { ...message, ...(logprobs && logprobs.length > 0 && { logprobs }) } },
  };
}

function citation(annotation: ResponseOutputText["annotations"][number], text: string): Citation {
  const { url, title, filename, start_index, end_index, index } = annotation as {
    [key in "url" | "title" | "filename"]?: string;
  } & { [key in "start_index" | "end_index" | "index"]?: number };
  const start = utf16Offset(text, start_index ?? index);
  const end = utf16Offset(text, end_index);
  const name = title ?? filename;
  return {
    ...(url !== undefined && { url }),
    ...(name !== undefined && { title: name }),
    ...(start !== undefined && end !== undefined && { text: text.slice(start, end) }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    raw: annotation,
  };
}

/** OpenAI's reference says no more than "the index of the character": taken for a count of code points. */
function utf16Offset(text: string, characters: number | undefined): number | undefined {
  if (characters === undefined) return undefined;
  let offset = 0;
  for (let count = 0; count < characters && offset < text.length; count++) {
    offset += (text.codePointAt(offset) as number) > 0xffff ? 2 : 1;
  }
  return offset;
}

export type ReasoningKind = "summary_text" | "reasoning_text";

/** The texts of a reasoning item: its summaries, then what it lays open of the reasoning itself. */
export function reasoningTexts(item: ResponseReasoningItem): { kind: ReasoningKind; text: string }[] {
  return [...(item.summary ?? []), ...(item.content ?? [])].map(({ type, text }) => ({ kind: type, text }));
}

/** What a reasoning part knows beside its words. The last part of an item carries what is the item's own. */
export function reasoningFacts(
  item: ResponseReasoningItem,
  kind: ReasoningKind | undefined,
  last: boolean,
  provider: string,
): Pick<ReasoningPart, "id" | "redacted" | "providerMetadata"> {
  const { id, type: _, summary: __, content, encrypted_content: redacted, ...rest } = item;
  const own: Record<string, unknown> = kind ? { kind } : {};
  if (last) {
    Object.assign(own, rest);
    if (redacted === null) own.encrypted_content = null;
    if (content && content.length === 0) own.content = [];
  }
  return {
    ...(id !== undefined && { id }),
    ...(last && typeof redacted === "string" && { redacted }),
    providerMetadata: { [provider]: own },
  };
}

/**
 * A call of the application's own tool. A custom tool's input is free text, so it is mostly to be found in `inputText`. Where
 * the parsed arguments would not give the model's own text again, the text is kept, so that the history stays what it was to
 * the model and to its prompt cache.
 */
export function toolCallPart(item: ResponseFunctionToolCall | ResponseCustomToolCall, provider: string): ToolCallPart {
  const { call_id, name, ...rest } = item;
  if (!name || !(call_id ?? item.id))
    throw malformed("The provider's answer holds a tool call without name or id", item);
  const field = item.type === "custom_tool_call" ? "input" : "arguments";
  // The type stays: it tells a call of this API from one of Chat Completions.
  const { [field]: text, ...own } = rest as Record<string, unknown>;
  const part: ToolCallPart = {
    type: "tool-call",
    id: call_id ?? item.id ?? "",
    name,
    // Imitations of the API have been seen to send arguments as an object.
    ...(typeof text === "string" ? parseToolInput(text) : { input: text ?? {} }),
  };
  if (toolInputText(part) !== text) own[field] = text;
  part.providerMetadata = { [provider]: own };
  return part;
}

/** An item that is one part: an image that the model made, or what only this provider understands. */
export function wholePart(item: ResponseOutputItem, provider: string): ImagePart | ProviderPart {
  if (item.type === "image_generation_call" && item.result) {
    const { result, ...own } = item;
    const format = (own as { output_format?: string }).output_format;
    return {
      type: "image",
      data: result,
      ...(format && { mediaType: `image/${format}` }),
      providerMetadata: { [provider]: own },
    };
  }
  return { type: "provider", provider, value: item };
}

/** What a response says beside its output; `output` is what came of it, which a stream's last event need not repeat. */
export function responseFacts(
  response: Response,
  output: readonly ResponseOutputItem[],
  provider: string,
): Omit<AdapterFinishEvent, "type" | "response"> & Pick<AdapterResult, "response"> {
  const { id, model, created_at } = response;
  const metadata: Record<string, unknown> = {};
  for (const key of KEPT) {
    const value = (response as unknown as Record<string, unknown>)[key];
    if (value !== undefined && value !== null) metadata[key] = value;
  }
  const providerMetadata: ProviderMetadata = { [provider]: metadata };
  return {
    finishReason: finishReasonOf(response, output),
    usage: usageFrom(response.usage),
    response: {
      ...(id && { id }),
      ...(model && { model }),
      ...(typeof created_at === "number" && { createdAt: new Date(created_at * 1000) }),
    },
    ...(Object.keys(metadata).length > 0 && { providerMetadata }),
  };
}

/** Facts of a response that the neutral result has no place for, by their names on the wire. `content_filters` is Azure's. */
const KEPT = [
  "status",
  "incomplete_details",
  "service_tier",
  "conversation",
  "content_filters",
  "moderation",
  "tool_usage",
  "input_transformations",
  "prompt_cache_diagnostics",
] as const;

function finishReasonOf(response: Response, output: readonly ResponseOutputItem[]): FinishReason {
  const { status, incomplete_details } = response;
  if (status === "incomplete") {
    const raw = incomplete_details?.reason ?? status;
    const unified = raw === "max_output_tokens" ? "length" : raw === "content_filter" ? "content-filter" : "other";
    return { unified, raw };
  }
  // What is queued, in progress or cancelled has no reason to have finished.
  if (status && status !== "completed") return { unified: "other", raw: status };
  if (output.some((item) => isForApplication(item, output))) return { unified: "tool-calls", raw: status };
  if (!status) return { unified: "other", raw: undefined };
  const refused = output.some(
    (item) => item.type === "message" && item.content?.some(({ type }) => type === "refusal"),
  );
  return { unified: refused ? "content-filter" : "stop", raw: status };
}

const APPLICATION_CALLS: ReadonlySet<string> = new Set([
  "computer_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
  "tool_search_call",
]);

/** Whether the application is to run what this item calls for: its own tools, and of the provider's those that it hosts itself. */
function isForApplication(item: ResponseOutputItem, output: readonly ResponseOutputItem[]): boolean {
  if (item.type === "function_call" || item.type === "custom_tool_call" || item.type === "mcp_approval_request")
    return true;
  const { call_id } = item as { call_id?: string | null };
  // A call that the provider ran is followed by its output.
  return (
    APPLICATION_CALLS.has(item.type) &&
    typeof call_id === "string" &&
    !output.some((other) => other !== item && (other as { call_id?: string | null }).call_id === call_id)
  );
}

function usageFrom(usage: ResponseUsage | null | undefined): Usage {
  // Imitations of the API leave the details out, or null.
  const input: Partial<ResponseUsage.InputTokensDetails> | null | undefined = usage?.input_tokens_details;
  const output: Partial<ResponseUsage.OutputTokensDetails> | null | undefined = usage?.output_tokens_details;
  return {
    inputTokens: {
      total: usage?.input_tokens ?? undefined,
      cacheRead: input?.cached_tokens ?? undefined,
      cacheWrite: input?.cache_write_tokens ?? undefined,
    },
    outputTokens: { total: usage?.output_tokens ?? undefined, reasoning: output?.reasoning_tokens ?? undefined },
    ...(usage && { raw: usage }),
  };
}
