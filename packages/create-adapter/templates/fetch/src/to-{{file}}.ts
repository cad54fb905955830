import type { AssistantPart, AudioPart, FilePart, ImagePart, ProviderPart, TextPart } from "@llmux/core";
import type { AdapterMessage, AdapterRequest, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { mediaSource } from "@llmux/core/media";
import { toolInputText } from "@llmux/core/tool-calls";

// CHANGE: the provider's words. What it can't take goes through `context.unsupported`: nothing is dropped in silence.

/** The body of a request. */
export function toBody(request: AdapterRequest, context: CallContext, stream: boolean): object {
  const { tools, toolChoice, output, reasoning } = request;
  return {
    model: request.model,
    stream,
    messages: request.messages.flatMap((message) => toMessages(message, context)),
    tools: tools?.flatMap((tool) => {
      if (tool.type === "provider") {
        context.unsupported("tools", "the provider runs none of its own");
        return [];
      }
      return [{ name: tool.name, description: tool.description, parameters: tool.inputSchema }];
    }),
    tool_choice: typeof toolChoice === "object" ? { name: toolChoice.tool } : toolChoice,
    parallel_tool_calls: request.parallelToolCalls,
    format: output && (output.schema ? { name: output.name, schema: output.schema } : "json"),
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: request.stopSequences,
    seed: request.seed,
    reasoning_effort: reasoning?.effort,
    user: request.user,
    ...request.providerOptions?.{{access}},
  };
}

function toMessages(message: AdapterMessage, context: CallContext): object[] {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: message.content.map(toText) }];
    case "user":
      return [{ role: "user", content: message.content.flatMap((part) => toUserPart(part, context)) }];
    case "assistant":
      return [{ role: "assistant", content: message.content.flatMap((part) => toAssistantPart(part, context)) }];
    case "tool":
      return message.content.map((part) => toToolResult(part, context));
  }
}

function toText({ text }: TextPart): object {
  return { type: "text", text };
}

function toUserPart(part: TextPart | ImagePart | FilePart | AudioPart | ProviderPart, context: CallContext): object[] {
  if (part.type === "text") return [toText(part)];
  if (part.type === "provider") {
    context.unsupported("messages", `a part of ${part.provider} can't be sent here`);
    return [];
  }
  const source = mediaSource(part);
  if (source.kind === "base64") return [{ type: part.type, media_type: source.mediaType, data: source.base64 }];
  if (source.kind === "url") return [{ type: part.type, url: source.url }];
  context.unsupported(`${part.type}.data`, `the provider takes none by ${source.kind}`);
  return [];
}

function toAssistantPart(part: AssistantPart, context: CallContext): object[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return [{ type: part.type, text: part.text }];
    case "reasoning":
      return [{ type: "reasoning", text: part.text, signature: part.signature }];
    case "tool-call":
      return [{ type: "tool_call", id: part.id, name: part.name, arguments: toolInputText(part) }];
    default:
      context.unsupported("messages", `the provider takes no ${part.type} back`);
      return [];
  }
}

function toToolResult({ toolCallId, output, isError }: AdapterToolResultPart, context: CallContext): object {
  const texts = typeof output === "string" ? [output] : output.map((part) => outputText(part, context));
  return { role: "tool", tool_call_id: toolCallId, content: texts.join("\n"), is_error: isError };
}

function outputText(part: { type: string; text?: string }, context: CallContext): string {
  if (part.text === undefined) context.unsupported(`tool-result.${part.type}`, "a tool's result is text here");
  return part.text ?? "";
}
