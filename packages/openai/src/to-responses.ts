import type {
  AssistantPart,
  FilePart,
  ImagePart,
  ProviderMetadata,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
  ToolChoice,
} from "@llmux/core";
import type { AdapterMessage, AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import { mediaSource, toDataURL } from "@llmux/core/media";
import { toolInputText } from "@llmux/core/tool-calls";
import type {
  ResponseCreateParamsBase,
  ResponseInputContent,
  ResponseInputItem,
  ResponseOutputMessage,
  ResponseReasoningItem,
  Tool,
} from "openai/resources/responses/responses";
import type { WireHost } from "./host.js";

/**
 * A request in the words of the Responses API.
 *
 * - A part's `providerOptions` are laid over its piece of input: `{ openai: { detail: "original" } }`.
 * - Cache hints need nothing: OpenAI caches prompt prefixes by itself. An explicit breakpoint (GPT-5.6 and later) is given by
 *   the part's provider options: `{ openai: { prompt_cache_breakpoint: { mode: "explicit" } } }`.
 * - A tool result's `isError` has no field of its own: the output says it.
 * - With `store: false` the encrypted reasoning is asked for, so that it can be sent back; an `include` of the caller's wins.
 *
 * @throws LLMError `unsupported` for what the API can't do, unless the context drops it; `invalid-request` for unreadable media
 */
export function toResponses(
  request: AdapterRequest,
  context: CallContext,
  { provider, user = "safety_identifier" }: WireHost,
): ResponseCreateParamsBase {
  const { model, tools, toolChoice, output, reasoning } = request;
  const { api: _, ...own } = (request.providerOptions?.[provider] ?? {}) as ResponseCreateParamsBase & {
    api?: unknown;
  };
  for (const parameter of LACKING) {
    if (request[parameter] !== undefined) context.unsupported(parameter, "the Responses API has no such parameter");
  }
  if (reasoning?.budgetTokens !== undefined) {
    context.unsupported("reasoning.budgetTokens", "the Responses API takes an effort");
  }
  const text: ResponseCreateParamsBase["text"] | undefined = output && {
    format: output.schema
      ? {
          type: "json_schema",
          name: output.name,
          schema: output.schema as Record<string, unknown>,
          strict: output.strict,
          ...(output.description !== undefined && { description: output.description }),
        }
      : { type: "json_object" },
  };
  const body: ResponseCreateParamsBase = {
    model,
    input: new Input(request, context, provider).items,
    ...given({
      tools: tools && toTools(tools, context, provider),
      tool_choice: toolChoice && toToolChoice(toolChoice, tools ?? [], provider),
      parallel_tool_calls: request.parallelToolCalls,
      max_output_tokens: request.maxTokens,
      temperature: request.temperature,
      top_p: request.topP,
      prompt_cache_key: request.cacheKey,
      [user]: request.user,
    }),
    ...(own.store === false && encryptsReasoning(model) && { include: ["reasoning.encrypted_content"] }),
    ...own,
  };
  if (text) body.text = { ...text, ...own.text };
  if (reasoning?.effort !== undefined) body.reasoning = { effort: reasoning.effort, ...own.reasoning };
  return body;
}

const LACKING = ["topK", "frequencyPenalty", "presencePenalty", "stopSequences", "seed"] as const;

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Models that don't reason answer 400 ("Encrypted content is not supported with this model") to the asking alone. */
function encryptsReasoning(model: string): boolean {
  return !/(^|[/:])(gpt-[34]|chatgpt|gpt-5[^/]*-chat)/.test(model);
}

function toTools(tools: readonly AdapterTool[], context: CallContext, provider: string): Tool[] {
  return tools.flatMap((tool): Tool[] => {
    if (tool.type === "provider") {
      if (tool.provider === provider) return [tool.value as unknown as Tool];
      context.unsupported("tools", `a tool of ${tool.provider} can't be run here`);
      return [];
    }
    const { name, description, inputSchema, strict = false, providerOptions } = tool;
    return [
      {
        type: "function",
        name,
        ...(description !== undefined && { description }),
        parameters: inputSchema as Record<string, unknown>,
        // Left out, this API takes true, which refuses many a schema that Chat Completions takes.
        strict,
        ...providerOptions?.[provider],
      },
    ];
  });
}

function toToolChoice(
  choice: ToolChoice,
  tools: readonly AdapterTool[],
  provider: string,
): NonNullable<ResponseCreateParamsBase["tool_choice"]> {
  if (typeof choice === "string") return choice;
  const name = choice.tool;
  for (const tool of tools) {
    if (tool.type !== "provider" || tool.provider !== provider) continue;
    const { type, name: own, server_label } = tool.value;
    if (type === "custom" && own === name) return { type, name };
    if (type === "mcp" && server_label === name) return { type, server_label: name };
    // A tool of the provider's is named by its type.
    if (type === name) return { type } as { type: "image_generation" };
  }
  return { type: "function", name };
}

/** The conversation as input items. */
class Input {
  readonly items: ResponseInputItem[] = [];
  readonly #context: CallContext;
  readonly #provider: string;
  /** Names of the custom tools and ids of their calls: their results are items of another type. */
  readonly #custom = new Set<unknown>();
  readonly #leftOut = new Set<string>();

  constructor({ messages, tools = [] }: AdapterRequest, context: CallContext, provider: string) {
    this.#context = context;
    this.#provider = provider;
    for (const tool of tools)
      if (tool.type === "provider" && tool.value.type === "custom") this.#custom.add(tool.value.name);
    for (const message of messages) this.#message(message);
    for (const what of this.#leftOut) {
      context.warn({ type: "other", parameter: "messages", message: `The history holds ${what}; it was left out` });
    }
  }

  #message(message: AdapterMessage): void {
    if ("name" in message && message.name !== undefined) {
      this.#context.unsupported("messages.name", "the Responses API knows roles alone");
    }
    switch (message.role) {
      case "system":
        this.#userMessage("system", message.content);
        break;
      case "user":
        this.#userMessage("user", message.content);
        break;
      case "assistant":
        this.#assistantMessage(message.content);
        break;
      case "tool":
        for (const { toolCallId, toolName, output, providerOptions } of message.content) {
          const type =
            this.#custom.has(toolCallId) || this.#custom.has(toolName)
              ? "custom_tool_call_output"
              : "function_call_output";
          this.items.push({
            type,
            call_id: toolCallId,
            output: typeof output === "string" ? output : output.flatMap((part) => this.#piece(part)),
            ...providerOptions?.[this.#provider],
          });
        }
    }
  }

  #userMessage(role: "system" | "user", parts: Extract<AdapterMessage, { role: "user" }>["content"]): void {
    let content: ResponseInputContent[] = [];
    const flush = (): void => {
      const [first, second] = content;
      if (!first) return;
      const plain = !second && first.type === "input_text" && Object.keys(first).length === 2;
      this.items.push({ role, content: plain ? first.text : content });
      content = [];
    };
    for (const part of parts) {
      if (part.type === "audio") this.#context.unsupported("messages.content", "the Responses API takes no audio");
      else if (part.type !== "provider") content.push(...this.#piece(part));
      else if (part.provider !== this.#provider) this.#leftOut.add(`a part that only ${part.provider} understands`);
      else if (String((part.value as { type?: unknown }).type).startsWith("input_"))
        content.push(part.value as ResponseInputContent);
      else {
        // An item of its own: the answer to an approval request, a screenshot, a reference.
        flush();
        this.items.push(part.value as ResponseInputItem);
      }
    }
    flush();
  }

  #piece(part: TextPart | ImagePart | FilePart): ResponseInputContent[] {
    const own = part.providerOptions?.[this.#provider];
    if (part.type === "text") return [{ type: "input_text", text: part.text, ...own }];
    const source = mediaSource(part);
    if (part.type === "image") {
      const where = source.kind === "file" ? { file_id: source.fileId } : { image_url: toDataURL(source) };
      return [{ type: "input_image", detail: part.detail ?? "auto", ...where, ...own }];
    }
    const named = part.filename === undefined ? {} : { filename: part.filename };
    if (source.kind === "file") return [{ type: "input_file", file_id: source.fileId, ...own }];
    if (source.kind === "url") return [{ type: "input_file", file_url: source.url, ...own }];
    // Bytes are refused without a name.
    const filename = `file.${source.mediaType.split("/")[1] ?? "bin"}`;
    return [{ type: "input_file", filename, ...named, file_data: toDataURL(source), ...own }];
  }

  #assistantMessage(parts: readonly AssistantPart[]): void {
    let message: ResponseOutputMessage | undefined;
    let reasoning: ResponseReasoningItem | undefined;
    for (const part of parts) {
      if (part.type === "text" || part.type === "refusal") message = this.#said(part, message);
      else message = undefined;
      if (part.type === "reasoning") reasoning = this.#reasoning(part, reasoning);
      else reasoning = undefined;
      switch (part.type) {
        case "tool-call":
          this.#toolCall(part);
          break;
        case "provider":
          if (part.provider === this.#provider) this.items.push(part.value as ResponseInputItem);
          else this.#leftOut.add(`a part that only ${part.provider} understands`);
          break;
        case "image": {
          const own = this.#own(part);
          if (own?.type === "image_generation_call")
            this.items.push({ ...own, result: part.data } as ResponseInputItem);
          else this.#context.unsupported("messages.content", "the Responses API takes no images from the assistant");
          break;
        }
        case "file":
        case "audio":
          this.#context.unsupported("messages.content", "the Responses API takes no files from the assistant");
      }
    }
  }

  /** What this provider once said of the part. */
  #own(part: { providerMetadata?: ProviderMetadata | undefined }): Record<string, unknown> | undefined {
    return part.providerMetadata?.[this.#provider];
  }

  /** Adds a text to the message item that it belongs to, and gives that item; text from elsewhere is a message of its own. */
  #said(part: TextPart | RefusalPart, open: ResponseOutputMessage | undefined): ResponseOutputMessage | undefined {
    const { logprobs: _, ...own } = this.#own(part) ?? {};
    if (part.type === "text" && own.id === undefined) {
      if (part.text !== "") this.items.push({ role: "assistant", content: part.text });
      return undefined;
    }
    let message = open;
    if (!message || (part.type === "text" && own.id !== message.id)) {
      // A refusal does not know its item's id, which the type wants and the API does not.
      message = { type: "message", role: "assistant", ...own, content: [] } as unknown as ResponseOutputMessage;
      this.items.push(message);
    }
    if (part.type === "refusal") message.content.push({ type: "refusal", refusal: part.text });
    else {
      const annotations = part.citations?.flatMap(({ raw }) => (raw ? [raw as never] : [])) ?? [];
      message.content.push({ type: "output_text", text: part.text, annotations });
    }
    return message;
  }

  /** Adds a reasoning part to the item that it belongs to, and gives that item. */
  #reasoning(part: ReasoningPart, open: ResponseReasoningItem | undefined): ResponseReasoningItem | undefined {
    const own = this.#own(part);
    if (!own) {
      this.#leftOut.add("reasoning of another provider");
      return undefined;
    }
    const { kind, ...rest } = own;
    let item = open;
    if (!item || item.id !== part.id) {
      item = {
        type: "reasoning",
        ...(part.id !== undefined && { id: part.id }),
        summary: [],
      } as unknown as ResponseReasoningItem;
      this.items.push(item);
    }
    if (kind === "summary_text") item.summary.push({ type: kind, text: part.text });
    else if (kind === "reasoning_text") item.content = [...(item.content ?? []), { type: kind, text: part.text }];
    Object.assign(item, rest);
    if (part.redacted !== undefined) item.encrypted_content = part.redacted;
    return item;
  }

  #toolCall(part: ToolCallPart): void {
    const told = this.#own(part);
    const custom = told?.type === "custom_tool_call" || told?.type === "custom";
    const field = custom ? "input" : "arguments";
    if (custom) this.#custom.add(part.id);
    // What Chat Completions said of a call is not understood here.
    const own = told?.type === "function_call" || told?.type === "custom_tool_call" ? told : undefined;
    const { [field]: kept, ...rest } = own ?? { type: custom ? "custom_tool_call" : "function_call" };
    this.items.push({
      ...rest,
      call_id: part.id,
      name: part.name,
      [field]: sameInput(kept, part) ? kept : toolInputText(part),
      ...part.providerOptions?.[this.#provider],
    } as unknown as ResponseInputItem);
  }
}

/** Whether the text that was kept of a call still says what the call says. */
function sameInput(kept: unknown, part: ToolCallPart): boolean {
  if (typeof kept !== "string" || part.inputText !== undefined) return false;
  try {
    return JSON.stringify(kept.trim() === "" ? {} : JSON.parse(kept)) === JSON.stringify(part.input);
  } catch {
    return false;
  }
}
