import type { AdapterMessage, AdapterRequest, AdapterTool, AdapterToolResultPart } from "./adapter-backend.js";
import type { ToolOutputPart, ToolResultPart } from "./content.js";
import { LLMError } from "./errors.js";
import type { JSONSchema } from "./json.js";
import type { Message } from "./message.js";
import type { CountTokensRequest, GenerateRequest } from "./request.js";
import { toJSONSchema } from "./schema.js";
import type { Tool } from "./tool.js";

const NO_ARGUMENTS: JSONSchema = { type: "object", properties: {}, additionalProperties: false };

/**
 * The request as an adapter gets it: parts for strings, JSON Schema for every schema, the model named.
 * @throws LLMError `invalid-request` that names the parameter at fault
 */
export function normalizeRequest(request: GenerateRequest | CountTokensRequest): AdapterRequest {
  const { model, messages, tools, signal: _s, timeout: _t, dropParams: _d, output, ...rest } = request as GenerateRequest;
  const result: AdapterRequest = { ...rest, model: requireModel(model), messages: normalizeMessages(messages) };
  if (tools && tools.length > 0) result.tools = tools.map((tool, index) => normalizeTool(tool, index));
  if (output === "json") result.output = { name: "output", strict: false };
  else if (output) {
    result.output = {
      schema: toJSONSchema(output.schema, "output.schema"),
      name: output.name ?? "output",
      description: output.description,
      strict: output.strict ?? true,
    };
  }
  return result;
}

export function requireModel(model: string | undefined): string {
  if (typeof model === "string" && model !== "") return model;
  throw new LLMError({ kind: "invalid-request", parameter: "model", message: "model: name one, or set a default" });
}

function normalizeMessages(messages: readonly Message[]): AdapterMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) invalid("messages", "must be a non-empty array of messages");
  return messages.map((message: Message, index) => {
    if (typeof message !== "object" || message === null) invalid(`messages[${index}]`, "must be a message");
    const { content } = message;
    if (!Object.hasOwn(PARTS, message.role)) {
      invalid(`messages[${index}].role`, `is ${JSON.stringify(message.role)}; must be system, user, assistant or tool`);
    }
    if (typeof content === "string") {
      if (message.role === "tool") invalid(`messages[${index}].content`, "of a tool message must be tool-result parts");
      return { ...message, content: content === "" ? [] : [{ type: "text", text: content }] } as AdapterMessage;
    }
    if (!Array.isArray(content)) invalid(`messages[${index}].content`, "must be a string or an array of parts");
    content.forEach((part, at) => checkPart(part, message.role, `messages[${index}].content[${at}]`));
    if (message.role === "tool") return { role: "tool", content: message.content.map(normalizeToolResult) };
    return message as AdapterMessage;
  });
}

/** The parts that a message may hold: what an adapter has no case for it would drop in silence. */
const PARTS: Readonly<Record<Message["role"], readonly string[]>> = {
  system: ["text"],
  user: ["text", "image", "file", "audio", "provider"],
  assistant: ["text", "reasoning", "tool-call", "refusal", "image", "file", "audio", "provider"],
  tool: ["tool-result"],
};

function checkPart(part: unknown, role: Message["role"], where: string): void {
  const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
  if (!PARTS[role].includes(type as string)) {
    invalid(`${where}.type`, `is ${JSON.stringify(type)}; a part of a ${role} message is one of: ${PARTS[role].join(", ")}`);
  }
  if (type === "text" && typeof text !== "string") invalid(`${where}.text`, "must be a string");
}

function invalid(parameter: string, message: string): never {
  throw new LLMError({ kind: "invalid-request", parameter, message: `${parameter} ${message}` });
}

function normalizeToolResult(part: ToolResultPart): AdapterToolResultPart {
  const { output } = part;
  if (typeof output === "string" || isParts(output)) return part as AdapterToolResultPart;
  return { ...part, output: JSON.stringify(output) ?? "" };
}

function isParts(output: unknown): output is readonly ToolOutputPart[] {
  return (
    Array.isArray(output) &&
    output.length > 0 &&
    output.every((part) => part?.type === "text" || part?.type === "image" || part?.type === "file")
  );
}

function normalizeTool(tool: Tool, index: number): AdapterTool {
  if (tool.type === "provider") return tool;
  if (typeof tool.name !== "string" || tool.name === "") invalid(`tools[${index}].name`, "must be the tool's name");
  const inputSchema = tool.inputSchema ? toJSONSchema(tool.inputSchema, `tools.${tool.name}.inputSchema`) : NO_ARGUMENTS;
  return { ...tool, type: "function", inputSchema };
}
