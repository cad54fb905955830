import type { AudioPart, FilePart, ImagePart, ProviderPart, ToolCallPart } from "@llmux/core";
import { type AdapterMessage, type AdapterRequest, type AdapterTool, type AdapterToolResultPart, type CallContext } from "@llmux/core/adapter";
import { mediaSource } from "@llmux/core/media";
import type { ChatRequest, Message, Tool } from "ollama/browser";
import { splitOptions } from "./options.js";
import { thinkFrom } from "./think.js";

/** A message with the ids that newer servers know (`api/types.go`) and the SDK's types don't. */
interface WireMessage extends Omit<Message, "tool_calls"> {
  tool_calls?: { id: string; function: { name: string; arguments: Record<string, unknown> } }[];
  tool_call_id?: string;
}

/**
 * The body of `/api/chat`. What `providerOptions.ollama` says wins over the neutral parameters.
 * @throws LLMError `unsupported` for what Ollama can't take, `invalid-request` for media that is none
 */
export function toChatRequest(request: AdapterRequest, context: CallContext): ChatRequest {
  const body: ChatRequest = {
    model: request.model,
    messages: toMessages(request.messages, context) as Message[],
    ...commonFields(request, context),
  };
  const tools = toTools(request, context);
  if (tools) body.tools = tools;
  return withOptions(body, request);
}

/** What `/api/chat` and `/api/generate` have in common. */
export function commonFields(
  request: AdapterRequest,
  context: CallContext,
): Pick<ChatRequest, "format" | "think" | "options"> {
  const fields: Pick<ChatRequest, "format" | "think" | "options"> = {};
  if (request.output) fields.format = request.output.schema ?? "json";
  if (request.providerOptions?.ollama?.think === undefined) {
    const think = thinkFrom(request, context);
    if (think !== undefined) fields.think = think as NonNullable<ChatRequest["think"]>;
  }
  const options = {
    num_predict: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    seed: request.seed,
    stop: request.stopSequences && [...request.stopSequences],
  };
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  if (said.length > 0) fields.options = Object.fromEntries(said);
  return fields;
}

/** The body with what `providerOptions.ollama` says put over it. */
export function withOptions<Body extends Pick<ChatRequest, "options">>(body: Body, request: AdapterRequest): Body {
  const given = splitOptions(request.providerOptions?.ollama);
  const result = { ...body, ...given.body };
  const options = { ...body.options, ...given.options };
  if (Object.keys(options).length > 0) result.options = options;
  return result;
}

function toMessages(messages: readonly AdapterMessage[], context: CallContext): WireMessage[] {
  const names = new Map<string, string>();
  const result: WireMessage[] = [];
  for (const message of messages) {
    switch (message.role) {
      case "system":
        result.push({ role: "system", content: message.content.map((part) => part.text).join("\n") });
        break;
      case "user":
        result.push(toUserMessage(message.content, context));
        break;
      case "assistant":
        for (const part of message.content) if (part.type === "tool-call") names.set(part.id, part.name);
        result.push(toAssistantMessage(message.content, context));
        break;
      case "tool":
        result.push(...message.content.map((part) => toToolMessage(part, names, context)));
    }
  }
  return result;
}

type UserContent = Extract<AdapterMessage, { role: "user" }>["content"];
type AssistantContent = Extract<AdapterMessage, { role: "assistant" }>["content"];

export function toUserMessage(content: UserContent, context: CallContext): WireMessage {
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of content) {
    if (part.type === "text") texts.push(part.text);
    else if (part.type === "image") addImage(part, images, context);
    else notAccepted(part, context);
  }
  const message: WireMessage = { role: "user", content: texts.join("\n") };
  if (images.length > 0) message.images = images;
  return message;
}

function toAssistantMessage(content: AssistantContent, context: CallContext): WireMessage {
  const message: WireMessage = { role: "assistant", content: "" };
  for (const part of content) {
    switch (part.type) {
      case "text":
      case "refusal":
        message.content += part.text;
        break;
      case "reasoning":
        if (part.text !== "") message.thinking = (message.thinking ?? "") + part.text;
        break;
      case "tool-call":
        message.tool_calls ??= [];
        message.tool_calls.push({
          id: part.id,
          function: { name: part.name, arguments: argumentsOf(part, context) },
        });
        break;
      default:
        notAccepted(part, context);
    }
  }
  return message;
}

/** Ollama takes only an object; what a model of another provider wrote instead is wrapped in one. */
function argumentsOf(call: ToolCallPart, context: CallContext): Record<string, unknown> {
  const { input, inputText } = call;
  if (inputText === undefined && (input === undefined || input === null)) return {};
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  context.warn({
    type: "changed",
    parameter: "messages",
    message: `The arguments of the call ${call.id} to ${call.name} are no JSON object, which Ollama asks for; they were sent as { "arguments": … }`,
  });
  return { arguments: inputText ?? input };
}

/** Results are matched by the tool's name; newer servers also read the id. `isError` has no field of its own: the output says it. */
function toToolMessage(
  part: AdapterToolResultPart,
  names: ReadonlyMap<string, string>,
  context: CallContext,
): WireMessage {
  const message: WireMessage = { role: "tool", content: "", tool_call_id: part.toolCallId };
  const name = part.toolName ?? names.get(part.toolCallId);
  if (name !== undefined) message.tool_name = name;
  if (typeof part.output === "string") message.content = part.output;
  else {
    const { content, images } = toUserMessage(part.output, context);
    message.content = content;
    if (images) message.images = images;
  }
  return message;
}

function addImage(part: ImagePart, images: string[], context: CallContext): void {
  const source = mediaSource({ ...part, mediaType: part.mediaType ?? "image/*" });
  if (source.kind === "base64") images.push(source.base64);
  else context.unsupported("image URLs", "give the image's bytes or base64");
}

function notAccepted(part: FilePart | AudioPart | ProviderPart | ImagePart, context: CallContext): void {
  if (part.type === "provider") context.unsupported(`blocks of ${part.provider}`, "it has none of its own");
  else
    context.unsupported(
      `${part.type} parts`,
      part.type === "image" ? "only the user and tools may send images" : undefined,
    );
}

function toTools(
  { tools, toolChoice = "auto", parallelToolCalls }: AdapterRequest,
  context: CallContext,
): Tool[] | undefined {
  if (!tools) return undefined;
  if (parallelToolCalls === false)
    context.unsupported("parallelToolCalls", "it can't be told to call one tool at a time");
  if (toolChoice === "none") return undefined;
  if (toolChoice !== "auto")
    context.unsupported("toolChoice", `only "auto" and "none", not ${JSON.stringify(toolChoice)}`);
  return tools.flatMap((tool) => toTool(tool, context));
}

function toTool(tool: AdapterTool, context: CallContext): Tool[] {
  if (tool.type === "provider") {
    context.unsupported("tools", `it runs no tools of its own, nor those of ${tool.provider}`);
    return [];
  }
  const { name, description, inputSchema } = tool;
  // The SDK's type knows only a part of JSON Schema.
  const parameters = inputSchema as NonNullable<Tool["function"]["parameters"]>;
  return [{ type: "function", function: { name, ...(description !== undefined && { description }), parameters } }];
}
