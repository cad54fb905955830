import type { AssistantPart, Citation, FinishReason, ResponseInfo, Usage } from "@llmux/core";
import { type AdapterResult, LLMError } from "@llmux/core/adapter";
import { usageOf } from "./finish-facts.js";
import type { Block } from "./to-messages.js";

/** A message of Anthropic's, as far as it is looked into. */
export interface ClaudeMessage extends Block {
  id?: string;
  model?: string;
  content?: Block[] | null;
  stop_reason?: string | null;
  usage?: Record<string, number | null> | null;
}

/** @throws LLMError what a reply says that is an error; `malformed-response` for what is no message */
export async function fromMessage(
  message: ClaudeMessage,
  response: ResponseInfo,
  outputTool: string | undefined,
): Promise<AdapterResult> {
  const blocks = message.content;
  if (!Array.isArray(blocks) || !blocks.every((block) => typeof block?.type === "string")) {
    const text = JSON.stringify(message).slice(0, 10_000);
    const said = (await import("./errors.js")).errorFromBody(message);
    throw said ?? new LLMError({ kind: "malformed-response", message: "The reply is no message", text });
  }
  const content = blocks.flatMap((block) => fromClaudeBlock(block, outputTool) ?? []);
  return {
    content,
    ...claudeFacts(message, !content.some(({ type }) => type === "tool-call")),
    response: { ...response, id: message.id, model: message.model },
  };
}

/** One block as a part; `undefined` for one that says nothing. */
function fromClaudeBlock(block: Block, outputTool: string | undefined): AssistantPart | undefined {
  switch (block.type) {
    case "text": {
      const citations = (block.citations as Block[] | null | undefined)?.map(toCitation);
      if (!block.text && !citations?.length) return undefined;
      return { type: "text", text: (block.text as string) ?? "", ...(citations?.length && { citations }) };
    }
    case "thinking": {
      const signature = block.signature as string | undefined;
      return { type: "reasoning", text: (block.thinking as string) ?? "", ...(signature && { signature }) };
    }
    case "redacted_thinking":
      return { type: "reasoning", text: "", redacted: block.data as string };
    case "tool_use": {
      const input = block.input ?? {};
      if (outputTool !== undefined && block.name === outputTool) return { type: "text", text: JSON.stringify(input) };
      return { type: "tool-call", id: block.id as string, name: block.name as string, input };
    }
    default:
      return { type: "provider", provider: "bedrock", value: block };
  }
}

export function toCitation(raw: Block): Citation {
  const { url, title, document_title, cited_text } = raw as Record<string, string | null | undefined>;
  const name = title ?? document_title;
  return { ...(url && { url }), ...(name && { title: name }), ...(cited_text && { text: cited_text }), raw };
}

const FINISH: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  refusal: "content-filter",
};

const KNOWN = new Set(["type", "id", "model", "role", "content", "stop_reason", "usage"]);

/** What is known once a message has ended. */
export function claudeFacts(
  message: ClaudeMessage,
  onlyReply: boolean,
): Pick<AdapterResult, "finishReason" | "usage" | "providerMetadata"> {
  const raw = message.stop_reason ?? undefined;
  const unified = raw === "tool_use" && onlyReply ? "stop" : (FINISH[raw ?? ""] ?? "other");
  const rest = Object.entries(message).filter(
    ([name, value]) => !KNOWN.has(name) && value !== null && value !== undefined,
  );
  return {
    finishReason: { unified, raw },
    usage: toUsage(message.usage),
    ...(rest.length > 0 && { providerMetadata: { bedrock: Object.fromEntries(rest) } }),
  };
}

function toUsage(usage: ClaudeMessage["usage"]): Usage {
  return usageOf(usage, {
    fresh: usage?.input_tokens,
    cacheRead: usage?.cache_read_input_tokens,
    cacheWrite: usage?.cache_creation_input_tokens,
    output: usage?.output_tokens,
  });
}
