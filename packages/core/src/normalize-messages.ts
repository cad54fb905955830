import type { AdapterMessage, AdapterToolResultPart } from "./adapter-backend.js";
import type { AssistantPart, ToolOutputPart, ToolResultPart } from "./content.js";
import type { LLMError } from "./errors.js";
import type { Message } from "./message.js";

/** The parts that a message may hold: what an adapter has no case for it would drop in silence. */
export const PARTS: Readonly<Record<Message["role"], readonly string[]>> = {
  system: ["text"],
  user: ["text", "image", "file", "audio", "provider"],
  assistant: ["text", "reasoning", "tool-call", "refusal", "image", "file", "audio", "provider"],
  tool: ["tool-result"],
};

/**
 * Messages of any parts as an adapter gets them. Loaded when a request holds more than text.
 *
 * @param provider the adapter's id
 * @throws LLMError `invalid-request` that says what is wrong with which message
 */
export async function normalizeMessages(messages: readonly Message[], provider: string): Promise<AdapterMessage[]> {
  const normalized = Array.isArray(messages) ? messages.map((message) => normalizeMessage(message, provider)) : [];
  if (normalized.length > 0 && !normalized.includes(undefined)) return normalized as AdapterMessage[];
  throw (await import("./message-fault.js")).messageFault(messages);
}

/** The error for a request that names no model. */
export async function modelFault(): Promise<LLMError> {
  return (await import("./message-fault.js")).modelFault();
}

/** `undefined` for what is no message; what is wrong with it is found out only then. */
function normalizeMessage(message: Message, provider: string): AdapterMessage | undefined {
  const { role, content } = message ?? {};
  if (!Object.hasOwn(PARTS, role)) return undefined;
  const known = PARTS[role];
  if (typeof content === "string") {
    if (role === "tool") return undefined;
    return { ...message, content: content === "" ? [] : [{ type: "text", text: content }] } as AdapterMessage;
  }
  if (!Array.isArray(content) || !content.every((part) => isPart(part, known))) return undefined;
  if (role === "tool") return { role, content: (content as readonly ToolResultPart[]).map(normalizeToolResult) };
  if (role !== "assistant") return message as AdapterMessage;
  const parts = content as readonly AssistantPart[];
  return { ...message, role, content: parts.flatMap((part) => unsealed(part, provider)) };
}

/** A part without the seal of another provider, which would refuse the whole conversation for it. */
function unsealed(part: AssistantPart, provider: string): AssistantPart[] {
  if (part.type !== "reasoning" || part.provider === undefined || part.provider === provider) return [part];
  const { signature: _s, redacted: _r, id: _i, provider: _p, ...rest } = part;
  return rest.text === "" ? [] : [rest];
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
