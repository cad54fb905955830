import type { AdapterMessage, AdapterRequest, AdapterToolResultPart } from "./adapter-backend.js";
import type { ToolOutputPart, ToolResultPart } from "./content.js";
import { LLMError } from "./errors.js";
import type { Message } from "./message.js";
import type { CountTokensRequest, GenerateRequest } from "./request.js";

/**
 * The request as an adapter gets it: parts for strings, JSON Schema for every schema, the model named.
 * @throws LLMError `invalid-request` that names the parameter at fault
 */
export async function normalizeRequest(request: GenerateRequest | CountTokensRequest): Promise<AdapterRequest> {
  const {
    model,
    messages,
    tools,
    signal: _s,
    timeout: _t,
    dropParams: _d,
    output,
    ...rest
  } = request as GenerateRequest;
  const result: AdapterRequest = { ...rest, model: requireModel(model), messages: await normalizeMessages(messages) };
  if (tools?.length || output)
    Object.assign(result, (await import("./normalize-schemas.js")).normalizeSchemas(tools, output));
  return result;
}

export function requireModel(model: string | undefined): string {
  if (typeof model === "string" && model !== "") return model;
  throw new LLMError({ kind: "invalid-request", parameter: "model", message: "model: name one, or set a default" });
}

/** The parts that a message may hold: what an adapter has no case for it would drop in silence. */
export const PARTS: Readonly<Record<Message["role"], readonly string[]>> = {
  system: ["text"],
  user: ["text", "image", "file", "audio", "provider"],
  assistant: ["text", "reasoning", "tool-call", "refusal", "image", "file", "audio", "provider"],
  tool: ["tool-result"],
};

async function normalizeMessages(messages: readonly Message[]): Promise<AdapterMessage[]> {
  const normalized = Array.isArray(messages) ? messages.map(normalizeMessage) : [];
  if (normalized.length > 0 && !normalized.includes(undefined)) return normalized as AdapterMessage[];
  throw (await import("./message-fault.js")).messageFault(messages);
}

/** `undefined` for what is no message; what is wrong with it is found out only then. */
function normalizeMessage(message: Message): AdapterMessage | undefined {
  const { role, content } = message ?? {};
  if (!Object.hasOwn(PARTS, role)) return undefined;
  const known = PARTS[role];
  if (typeof content === "string") {
    if (role === "tool") return undefined;
    return { ...message, content: content === "" ? [] : [{ type: "text", text: content }] } as AdapterMessage;
  }
  if (!Array.isArray(content) || !content.every((part) => isPart(part, known))) return undefined;
  return (
    role === "tool" ? { role, content: (content as readonly ToolResultPart[]).map(normalizeToolResult) } : message
  ) as AdapterMessage;
}

export function isPart(part: { type: string; text?: unknown } | null | undefined, known: readonly string[]): boolean {
  return known.includes(part?.type as string) && (part?.type !== "text" || typeof part.text === "string");
}

function normalizeToolResult(part: ToolResultPart): AdapterToolResultPart {
  const { output } = part;
  if (typeof output === "string" || isParts(output)) return part as AdapterToolResultPart;
  return { ...part, output: JSON.stringify(output) ?? "" };
}

function isParts(output: unknown): output is readonly ToolOutputPart[] {
  return Array.isArray(output) && output.length > 0 && output.every((part) => isPart(part, ["text", "image", "file"]));
}
