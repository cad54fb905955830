import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from "@ai-sdk/provider";
import type { AssistantPart, ProviderPart } from "@llmux/core";
import type { AdapterMessage, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import type { PartFacts } from "../shared/llmux-facts.js";
import { isModelPart, type ModelPart } from "../shared/model-part.js";
import type { Names } from "./names.js";
import { partOptions, reasoningOptions } from "./part-options.js";
import { toFilePart } from "./to-file-part.js";

type Content<Role extends LanguageModelV4Message["role"]> = Extract<LanguageModelV4Message, { role: Role }>["content"];

/** A conversation as the AI SDK's language models take it. */
export function toPrompt(
  messages: readonly AdapterMessage[],
  names: Names,
  context: CallContext,
): LanguageModelV4Prompt {
  const toolNames = new Map<string, string>();
  return messages.flatMap((message): LanguageModelV4Message[] => {
    if ("name" in message && message.name !== undefined)
      context.unsupported("messages.name", "the AI SDK knows roles alone");
    switch (message.role) {
      case "system":
        return toSystem(message.content, names);
      case "user":
        return toUser(message.content, names, context);
      case "assistant":
        for (const part of message.content) if (part.type === "tool-call") toolNames.set(part.id, part.name);
        return [{ role: "assistant", content: toAssistant(message.content, names, context) }];
      default:
        return [
          { role: "tool", content: message.content.map((part) => toToolResult(part, toolNames, names, context)) },
        ];
    }
  });
}

/** One message, or one for each part where parts have hints of their own: the AI SDK keeps those with the message. */
function toSystem(
  content: Extract<AdapterMessage, { role: "system" }>["content"],
  names: Names,
): LanguageModelV4Message[] {
  const hinted = content.some(({ cache, providerOptions }) => cache || providerOptions);
  if (hinted) return content.map((part) => ({ role: "system", content: part.text, ...partOptions(part, names) }));
  return [{ role: "system", content: content.map(({ text }) => text).join("\n") }];
}

function toUser(
  content: Extract<AdapterMessage, { role: "user" }>["content"],
  names: Names,
  context: CallContext,
): LanguageModelV4Message[] {
  const parts: Content<"user"> = [];
  const answers: Content<"tool"> = [];
  for (const part of content) {
    if (part.type === "text") parts.push({ type: "text", text: part.text, ...partOptions(part, names) });
    else if (part.type !== "provider") parts.push(toFilePart(part, names));
    else if (isApproval(part.value)) answers.push(part.value);
    else refuse(part, context);
  }
  const messages: LanguageModelV4Message[] = [];
  if (answers.length > 0) messages.push({ role: "tool", content: answers });
  if (parts.length > 0 || answers.length === 0) messages.push({ role: "user", content: parts });
  return messages;
}

/** The answer to a `tool-approval-request`, which the AI SDK puts in a tool message. */
function isApproval(value: unknown): value is Extract<Content<"tool">[number], { type: "tool-approval-response" }> {
  return (value as { type?: unknown } | null)?.type === "tool-approval-response";
}

function toAssistant(content: readonly AssistantPart[], names: Names, context: CallContext): Content<"assistant"> {
  return content.flatMap((part): Content<"assistant"> => {
    switch (part.type) {
      case "text":
      case "refusal": {
        const options = partOptions(part, names, undefined, textFacts(part));
        if (part.text === "" && !options.providerOptions) return [];
        return [{ type: "text", text: part.text, ...options }];
      }
      case "reasoning":
        return [{ type: "reasoning", text: part.text, ...reasoningOptions(part, names) }];
      case "tool-call":
        return [
          {
            type: "tool-call",
            toolCallId: part.id,
            toolName: part.name,
            input: part.inputText ?? part.input ?? {},
            ...partOptions(part, names),
          },
        ];
      case "provider":
        if (part.provider === names.id && isModelPart(part.value)) return fromModelPart(part.value);
        if (names.own)
          return [{ type: "custom", kind: `${part.provider}.part`, ...partOptions({}, names, undefined, { part }) }];
        refuse(part, context);
        return [];
      default:
        return [toFilePart(part, names)];
    }
  });
}

function textFacts(part: Extract<AssistantPart, { type: "text" | "refusal" }>): PartFacts | undefined {
  if (part.type === "refusal") return { refusal: true };
  return part.citations && { citations: part.citations };
}

function refuse({ provider }: ProviderPart, context: CallContext): void {
  context.unsupported("messages", `a part made by ${provider} can't be sent here`);
}

/** A part that the AI SDK's model made itself, in the form in which it is sent back. */
function fromModelPart(part: ModelPart): Content<"assistant"> {
  const { providerMetadata } = part;
  const options = providerMetadata && { providerOptions: providerMetadata };
  switch (part.type) {
    case "custom":
      return [{ type: "custom", kind: part.kind, ...options }];
    case "reasoning-file":
      return [{ type: "reasoning-file", mediaType: part.mediaType, data: part.data, ...options }];
    case "tool-call": {
      const { toolCallId, toolName, input, providerExecuted } = part;
      return [{ type: "tool-call", toolCallId, toolName, input: parsed(input), providerExecuted, ...options }];
    }
    case "tool-result": {
      const { toolCallId, toolName, result, isError } = part;
      const output = isError
        ? ({ type: "error-json", value: result } as const)
        : typeof result === "string"
          ? ({ type: "text", value: result } as const)
          : ({ type: "json", value: result } as const);
      return [{ type: "tool-result", toolCallId, toolName, output, ...options }];
    }
    // A request for approval is answered, not sent back.
    default:
      return [];
  }
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function toToolResult(
  part: AdapterToolResultPart,
  toolNames: ReadonlyMap<string, string>,
  names: Names,
  context: CallContext,
): LanguageModelV4ToolResultPart {
  const { toolCallId, toolName = toolNames.get(toolCallId) ?? "" } = part;
  return {
    type: "tool-result",
    toolCallId,
    toolName,
    output: toOutput(part, names, context),
    ...partOptions(part, names),
  };
}

function toOutput(
  { output, isError }: AdapterToolResultPart,
  names: Names,
  context: CallContext,
): LanguageModelV4ToolResultPart["output"] {
  if (typeof output === "string") return { type: isError ? "error-text" : "text", value: output };
  if (isError) {
    const texts = output.flatMap((part) => (part.type === "text" ? [part.text] : []));
    if (texts.length < output.length) {
      const message = "A failed tool's output can only be text in the AI SDK: its images and files were left out";
      context.warn({ type: "changed", parameter: "messages", message });
    }
    return { type: "error-text", value: texts.join("\n") };
  }
  return {
    type: "content",
    value: output.map((part) =>
      part.type === "text"
        ? { type: "text", text: part.text, ...partOptions(part, names) }
        : (toFilePart(part, names) as never),
    ),
  };
}
