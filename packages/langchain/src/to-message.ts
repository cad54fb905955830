import { AIMessage, type AIMessageFields, type MessageContent } from "@langchain/core/messages";
import type { AssistantPart, GenerateResult, ResponseInfo, ToolCallPart, Warning } from "@llmux/core";
import { type MessageFacts, toBlock } from "./blocks.js";
import { toUsageMetadata } from "./usage.js";

/** A result as LangChain's message. */
export function toAIMessage(result: GenerateResult): AIMessage {
  const { content, usage, response, output } = result;
  const calls = content.filter((part) => part.type === "tool-call");
  const facts = factsOf(content);
  const usageMetadata = toUsageMetadata(usage);
  const fields: AIMessageFields = {
    content: toMessageContent(content),
    tool_calls: calls
      .filter(isValid)
      .map(({ id, name, input }) => ({ type: "tool_call", id, name, args: input as Record<string, unknown> })),
    invalid_tool_calls: calls
      .filter((call) => !isValid(call))
      .map(({ id, name, input, inputText }) => ({
        type: "invalid_tool_call",
        id,
        name,
        args: inputText ?? JSON.stringify(input),
        error: "Malformed args.",
      })),
    additional_kwargs: {
      ...(facts && { llmux: facts }),
      ...(output !== undefined && { parsed: output }),
    },
    response_metadata: responseMetadata(result, response, result.warnings),
    ...(usageMetadata && { usage_metadata: usageMetadata }),
    ...(response.id !== undefined && { id: response.id }),
  };
  return new AIMessage(fields);
}

/** LangChain's calls have objects for arguments. */
function isValid({ input, inputText }: ToolCallPart): boolean {
  return inputText === undefined && typeof input === "object" && input !== null && !Array.isArray(input);
}

/** Text alone is a string, as most of what reads LangChain's messages expects; all else is blocks. */
function toMessageContent(content: readonly AssistantPart[]): MessageContent {
  const said = content.filter((part) => part.type !== "tool-call");
  const [only] = said;
  if (!only) return "";
  if (said.length === 1 && only.type === "text" && !only.citations) return only.text;
  return said.map(toBlock) as MessageContent;
}

/** What is known of the message's texts and calls beyond what LangChain keeps of them. */
function factsOf(content: readonly AssistantPart[]): MessageFacts | undefined {
  const facts: MessageFacts = {};
  const texts = content.filter((part) => part.type === "text");
  for (const [index, { citations, providerMetadata }] of texts.entries()) {
    if (!citations && !providerMetadata) continue;
    facts.texts ??= {};
    facts.texts[index] = { ...(citations && { citations }), ...(providerMetadata && { providerMetadata }) };
  }
  for (const part of content) {
    if (part.type !== "tool-call" || !part.providerMetadata) continue;
    facts.toolCalls ??= {};
    facts.toolCalls[part.id] = { providerMetadata: part.providerMetadata };
  }
  return Object.keys(facts).length > 0 ? facts : undefined;
}

/** What stands in `response_metadata`. */
export function responseMetadata(
  {
    finishReason,
    provider,
    model,
    providerMetadata,
  }: Partial<Pick<GenerateResult, "finishReason" | "provider" | "model" | "providerMetadata">>,
  { id, model: answered, requestId, createdAt }: ResponseInfo,
  warnings: readonly Warning[] = [],
): Record<string, unknown> {
  const name = answered ?? model;
  return {
    ...(provider !== undefined && { provider }),
    ...(name !== undefined && { model_name: name }),
    ...(id !== undefined && { id }),
    ...(requestId !== undefined && { request_id: requestId }),
    ...(createdAt && { created_at: createdAt.toISOString() }),
    ...(finishReason && { finish_reason: finishReason.unified }),
    ...(finishReason?.raw !== undefined && { raw_finish_reason: finishReason.raw }),
    ...(warnings.length > 0 && { warnings }),
    ...(providerMetadata && { provider_metadata: providerMetadata }),
  };
}
