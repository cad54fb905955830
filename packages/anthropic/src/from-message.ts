import type { AssistantPart, Citation, FinishReason, ProviderMetadata, ToolCallPart, Usage } from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";
import type { Block } from "./to-messages.js";

/** A message of the API, as far as the adapter looks into it. Other hosts that speak the API leave things out. */
export interface WireMessage extends Record<string, unknown> {
  type?: string;
  id?: string;
  model?: string;
  content?: Block[];
  stop_reason?: string | null;
  usage?: WireUsage | null;
}

export interface WireUsage extends Record<string, unknown> {
  input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  output_tokens?: number | null;
  output_tokens_details?: { thinking_tokens?: number | null } | null;
}

/** Content, finish reason, usage and facts of a whole message. The arguments of `outputTool` are the reply's text. */
export function fromMessage(message: WireMessage, outputTool?: string): Omit<AdapterResult, "response"> {
  const content = (message.content ?? []).map(
    (block): AssistantPart =>
      block.type === "tool_use" && block.name === outputTool
        ? { type: "text", text: JSON.stringify(block.input ?? {}) }
        : fromBlock(block),
  );
  return { content, ...finishFacts(message, !content.some(({ type }) => type === "tool-call")) };
}

/** What is known once a message has ended. `onlyReply`: no tool was asked for but, where there is one, the output tool. */
export function finishFacts(
  message: WireMessage,
  onlyReply: boolean,
): Pick<AdapterResult, "finishReason" | "usage" | "providerMetadata"> {
  const providerMetadata = metadataOf(message);
  return {
    finishReason: toFinishReason(message.stop_reason, onlyReply),
    usage: toUsage(message.usage),
    ...(providerMetadata && { providerMetadata }),
  };
}

/** One content block as a part. What only Anthropic understands is kept whole, to be sent back unchanged. */
export function fromBlock(block: Block): AssistantPart {
  switch (block.type) {
    case "text": {
      const citations = toCitations(block.citations as Block[] | null | undefined);
      return { type: "text", text: (block.text as string) ?? "", ...(citations && { citations }) };
    }
    case "thinking": {
      const signature = block.signature as string | undefined;
      return { type: "reasoning", text: (block.thinking as string) ?? "", ...(signature && { signature }) };
    }
    case "redacted_thinking":
      return { type: "reasoning", text: "", redacted: block.data as string };
    case "tool_use":
      return toolCall(block, { input: block.input ?? {} });
    default:
      return { type: "provider", provider: "anthropic", value: block };
  }
}

/** A tool call with what else the API said of it (`caller`, `toolset_name`), which goes back with it. */
export function toolCall(block: Block, call: Pick<ToolCallPart, "input" | "inputText">): ToolCallPart {
  const { type: _, id, name, input: __, ...rest } = block as Block & { id: string; name: string };
  const part: ToolCallPart = { type: "tool-call", id, name, ...call };
  if (Object.keys(rest).length > 0) part.providerMetadata = { anthropic: rest };
  return part;
}

export function toCitations(citations: readonly Block[] | null | undefined): Citation[] | undefined {
  if (!citations || citations.length === 0) return undefined;
  return citations.map((raw) => {
    const { url, source, title, document_title, cited_text } = raw as Record<string, unknown>;
    const citation: Citation = { raw };
    const where = url ?? source;
    if (typeof where === "string") citation.url = where;
    const name = title ?? document_title;
    if (typeof name === "string") citation.title = name;
    if (typeof cited_text === "string") citation.text = cited_text;
    return citation;
  });
}

function toFinishReason(raw: string | null | undefined, onlyReply: boolean): FinishReason {
  return { unified: raw === "tool_use" && onlyReply ? "stop" : (FINISH[raw ?? ""] ?? "other"), raw: raw ?? undefined };
}

const FINISH: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  refusal: "content-filter",
};

/** Anthropic's `input_tokens` leaves out what was read from or written to the cache; the total here holds both. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  const cacheRead = usage?.cache_read_input_tokens ?? undefined;
  const cacheWrite = usage?.cache_creation_input_tokens ?? undefined;
  const fresh = usage?.input_tokens ?? undefined;
  const total = fresh === undefined ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0);
  return {
    inputTokens: { total, cacheRead, cacheWrite },
    outputTokens: {
      total: usage?.output_tokens ?? undefined,
      reasoning: usage?.output_tokens_details?.thinking_tokens ?? undefined,
    },
    ...(usage && { raw: usage }),
  };
}

const KNOWN = new Set(["type", "id", "model", "role", "content", "stop_reason", "usage", "request_id", "_request_id"]);

/** Everything else that the message says, under the API's own names: `stop_sequence`, `stop_details`, `container`, … */
function metadataOf(message: WireMessage): ProviderMetadata | undefined {
  const rest = Object.entries(message).filter(
    ([key, value]) => !KNOWN.has(key) && value !== null && value !== undefined,
  );
  return rest.length === 0 ? undefined : { anthropic: Object.fromEntries(rest) };
}
