import type { AssistantPart, UserPart } from "@llmux/core";
import type { AdapterMessage, AdapterRequest, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { mediaSource } from "@llmux/core/media";
import { toolInputText } from "@llmux/core/tool-calls";

// CHANGE: all of this file, to the provider's words. What it can't take goes through `context.unsupported`, never away in silence.

/** A request in the provider's words. */
export function toRequestBody(request: AdapterRequest, context: CallContext): object {
  const { tools, toolChoice, output } = request;
  if (request.frequencyPenalty !== undefined) context.unsupported("frequencyPenalty", "there is no such parameter");
  if (request.presencePenalty !== undefined) context.unsupported("presencePenalty", "there is no such parameter");
  if (request.reasoning !== undefined) context.unsupported("reasoning", "the models think as much as they like");
  if (request.parallelToolCalls !== undefined) context.unsupported("parallelToolCalls", "there is no such parameter");
  if (request.user !== undefined) context.unsupported("user", "there is no such parameter");
  return {
    model: request.model,
    messages: request.messages.flatMap((message) => toMessages(message, context)),
    tools: tools?.flatMap((tool) => {
      if (tool.type === "function") {
        return [{ name: tool.name, description: tool.description, schema: tool.inputSchema }];
      }
      context.unsupported("tools", "the provider runs none of its own");
      return [];
    }),
    tool_choice: typeof toolChoice === "object" ? { name: toolChoice.tool } : toolChoice,
    format: output && { type: "json", schema: output.schema },
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop: request.stopSequences,
    seed: request.seed,
    ...request.providerOptions?.["acme-id"],
  };
}

function toMessages(message: AdapterMessage, context: CallContext): object[] {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: message.content.map(({ text }) => ({ type: "text", text })) }];
    case "user":
      return [{ role: "user", content: message.content.flatMap((part) => toUserBlock(part, context)) }];
    case "assistant":
      return [{ role: "assistant", content: message.content.flatMap((part) => toAssistantBlock(part, context)) }];
    case "tool":
      return message.content.map((part) => toToolMessage(part, context));
  }
}

function toUserBlock(part: UserPart, context: CallContext): object[] {
  if (part.type === "text") return [{ type: "text", text: part.text }];
  if (part.type === "image") {
    const source = mediaSource(part);
    if (source.kind === "url") return [{ type: "image", url: source.url }];
    if (source.kind === "base64") return [{ type: "image", media_type: source.mediaType, data: source.base64 }];
    context.unsupported("image.data", "the provider stores no files");
    return [];
  }
  context.unsupported(part.type === "provider" ? "messages" : `${part.type}.data`, "the provider takes text and images");
  return [];
}

function toAssistantBlock(part: AssistantPart, context: CallContext): object[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return [{ type: "text", text: part.text }];
    case "tool-call":
      return [{ type: "tool_call", id: part.id, name: part.name, arguments: toolInputText(part) }];
    case "reasoning":
      // It came from the model with the history: nobody's wish is passed over, and so a warning will do.
      context.warn({ type: "dropped", parameter: "messages", message: "the provider takes no reasoning back" });
      return [];
    default:
      context.unsupported("messages", `the provider takes no ${part.type} back`);
      return [];
  }
}

function toToolMessage({ toolCallId, output, isError }: AdapterToolResultPart, context: CallContext): object {
  const texts = typeof output === "string" ? [output] : output.flatMap((part) => {
    if (part.type === "text") return [part.text];
    context.unsupported(`tool-result.${part.type}`, "the provider takes only text of a tool");
    return [];
  });
  return { role: "tool", tool_call_id: toolCallId, failed: isError, content: texts.join("\n") };
}
