import type { AssistantPart, AudioPart, FilePart, ImagePart, ProviderPart, TextPart } from "@llmux/core";
import type { AdapterMessage, AdapterRequest, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { mediaSource, toDataURL } from "@llmux/core/media";
import { toolInputText } from "@llmux/core/tool-calls";

// CHANGE: the provider's words. What it can't take goes through `context.unsupported`: nothing is dropped in silence.

/** The body of a request. */
export function toBody(request: AdapterRequest, context: CallContext): object {
  const { model, messages, tools, toolChoice, output } = request;
  if (request.topK !== undefined) context.unsupported("topK", "there is no such parameter");
  return {
    model,
    messages: messages.flatMap((message) => toMessages(message, context)),
    tools: tools?.flatMap((tool) => {
      if (tool.type === "provider") {
        context.unsupported("tools", "the provider runs none of its own");
        return [];
      }
      const { name, description, inputSchema } = tool;
      return [{ type: "function", function: { name, description, parameters: inputSchema } }];
    }),
    tool_choice:
      typeof toolChoice === "object" ? { type: "function", function: { name: toolChoice.tool } } : toolChoice,
    parallel_tool_calls: request.parallelToolCalls,
    response_format: output && toFormat(output),
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: request.stopSequences,
    seed: request.seed,
    reasoning_effort: request.reasoning?.effort,
    user: request.user,
    ...request.providerOptions?.{{access}},
  };
}

function toFormat({ schema, name }: NonNullable<AdapterRequest["output"]>): object {
  return schema ? { type: "json_schema", json_schema: { name, schema, strict: true } } : { type: "json_object" };
}

function toMessages(message: AdapterMessage, context: CallContext): object[] {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: message.content.map(toText) }];
    case "user":
      return [{ role: "user", content: message.content.flatMap((part) => toUserPart(part, context)) }];
    case "assistant":
      return [toAssistant(message.content, context)];
    case "tool":
      return message.content.map((part) => ({
        role: "tool",
        tool_call_id: part.toolCallId,
        content: toOutput(part, context),
      }));
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
  if (part.type === "image" && source.kind !== "file") {
    return [{ type: "image_url", image_url: { url: toDataURL(source) } }];
  }
  if (part.type === "file" && source.kind === "base64") {
    return [{ type: "file", file: { filename: part.filename ?? "file", file_data: toDataURL(source) } }];
  }
  if (part.type === "audio" && source.kind === "base64") {
    return [{ type: "input_audio", input_audio: { data: source.base64, format: "wav" } }];
  }
  context.unsupported(`${part.type}.data`, `the provider takes none by ${source.kind}`);
  return [];
}

function toAssistant(parts: readonly AssistantPart[], context: CallContext): object {
  const joined = (type: "text" | "reasoning"): string | null => {
    const texts = parts.flatMap((part) => (part.type === type ? [part.text] : []));
    return texts.length > 0 ? texts.join("") : null;
  };
  const calls = parts.flatMap((part) => {
    if (part.type !== "tool-call") return [];
    return [{ id: part.id, type: "function", function: { name: part.name, arguments: toolInputText(part) } }];
  });
  const other = parts.find((part) => !/^(text|reasoning|refusal|tool-call)$/.test(part.type));
  if (other) context.unsupported("messages", `the provider takes no ${other.type} back`);
  return {
    role: "assistant",
    content: joined("text"),
    ...(joined("reasoning") !== null && { reasoning_content: joined("reasoning") }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function toOutput({ output, isError }: AdapterToolResultPart, context: CallContext): string {
  const text = typeof output === "string" ? output : output.map((part) => textOf(part, context)).join("\n");
  return isError ? `The tool failed: ${text}` : text;
}

function textOf(part: { type: string; text?: string }, context: CallContext): string {
  if (part.text === undefined) context.unsupported(`tool-result.${part.type}`, "a tool's result is text here");
  return part.text ?? "";
}
