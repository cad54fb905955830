import type { AssistantPart, ProviderPart, ToolCallPart, UserPart } from "@llmux/core";
import type { AdapterMessage, CallContext } from "@llmux/core/adapter";
import { type GoogleProvider, isOurs, optionsFor, signatureOf } from "./host.js";
import type { ModelFacts } from "./model-facts.js";
import { toMedia } from "./to-media.js";
import { toResults } from "./to-results.js";
import type { WirePart } from "./wire.js";

export interface WireContent {
  role: "user" | "model";
  parts: WirePart[];
}

export interface Conversation {
  system: WirePart[];
  contents: WireContent[];
}

/** What the translation of a message needs to know beside it. */
export interface Translation {
  provider: GoogleProvider;
  facts: ModelFacts;
  context: CallContext;
  /** The calls so far, by id: a result must name its function. */
  calls: Map<string, ToolCallPart>;
}

/** Ids that the adapter made up for calls that came without one: not the API's, so they don't go back. */
export const MADE_UP_ID: RegExp = /^call_\d+$/;

/** In a signature's place, for calls that this API did not make: https://ai.google.dev/gemini-api/docs/thought-signatures#faqs. */
const NO_SIGNATURE = "skip_thought_signature_validator";

/**
 * The conversation in Google's form. System messages become the system instruction, a later one with a warning. Results of parallel
 * calls, which may come in several messages, go back in one turn, as the API demands.
 */
export function toContents(
  messages: readonly AdapterMessage[],
  facts: ModelFacts,
  provider: GoogleProvider,
  context: CallContext,
): Conversation {
  const system: WirePart[] = [];
  const contents: WireContent[] = [];
  const translation: Translation = { provider, facts, context, calls: new Map() };
  let previous: AdapterMessage["role"] | undefined;
  for (const message of messages) {
    const parts = partsOf(message, translation);
    if (message.role === "system") {
      if (contents.length > 0 && parts.length > 0) {
        const text = "A system message in mid-conversation was sent as part of the system instruction";
        context.warn({ type: "changed", parameter: "messages", message: text });
      }
      system.push(...parts);
      continue;
    }
    const last = contents.at(-1);
    if (message.role === "tool" && previous === "tool" && last) last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role: message.role === "assistant" ? "model" : "user", parts });
    previous = message.role;
  }
  return { system, contents };
}

function partsOf(message: AdapterMessage, translation: Translation): WirePart[] {
  switch (message.role) {
    case "system":
      return message.content.flatMap(textPart);
    case "user":
      return message.content.flatMap((part) => withOptions(part, userPart(part, translation), translation));
    case "tool":
      return toResults(message.content, translation);
    default: {
      const parts = message.content.flatMap((part) => withOptions(part, assistantPart(part, translation), translation));
      const first = parts.find(({ functionCall }) => functionCall);
      // Gemini 3 refuses a call without a signature, and of parallel calls signs the first.
      if (translation.facts.modern && first) first.thoughtSignature ??= NO_SIGNATURE;
      return parts;
    }
  }
}

/** The API refuses a part that says nothing. */
function textPart({ text }: { text: string }): WirePart[] {
  return text === "" ? [] : [{ text }];
}

function userPart(part: UserPart, translation: Translation): WirePart[] {
  if (part.type === "text") return textPart(part);
  return part.type === "provider" ? providerPart(part, translation) : [toMedia(part, translation.facts)];
}

function assistantPart(part: AssistantPart, translation: Translation): WirePart[] {
  const signature = signatureOf(part.providerMetadata);
  switch (part.type) {
    case "text":
    case "refusal":
      return signature ? [{ text: part.text, ...signature }] : textPart(part);
    case "reasoning":
      return reasoningPart(part, signature);
    case "tool-call": {
      translation.calls.set(part.id, part);
      const functionCall: NonNullable<WirePart["functionCall"]> = { name: part.name, args: toArgs(part) };
      if (!MADE_UP_ID.test(part.id)) functionCall.id = part.id;
      return [{ functionCall, ...signature }];
    }
    case "provider":
      return providerPart(part, translation);
    default:
      return [{ ...toMedia(part, translation.facts), ...signature }];
  }
}

/** With its seal where that is Google's; to Gemini the thoughts of another model, Claude's beside it among them, are bare text. */
function reasoningPart(
  { text, provider, signature }: Extract<AssistantPart, { type: "reasoning" }>,
  sealed: ReturnType<typeof signatureOf>,
): WirePart[] {
  // Only Gemini answers under that id; under the other one Claude does too.
  const seal =
    sealed ?? (provider === "gemini" && signature !== undefined ? { thoughtSignature: signature } : undefined);
  return text === "" && !seal ? [] : [{ text, thought: true, ...seal }];
}

/** The API takes arguments as an object only. */
function toArgs({ input, inputText }: ToolCallPart): Record<string, unknown> {
  if (inputText !== undefined) return { INVALID_JSON: inputText };
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  return input === undefined || input === null ? {} : { value: input };
}

function providerPart(part: ProviderPart, { context }: Translation): WirePart[] {
  if (isOurs(part.provider)) return [{ ...(part.value as WirePart) }];
  context.unsupported(`messages: provider part of ${part.provider}`, "only its own provider understands it");
  return [];
}

function withOptions(part: UserPart | AssistantPart, wire: WirePart[], { provider }: Translation): WirePart[] {
  const options = optionsFor(provider, part.providerOptions);
  return options ? wire.map((one) => ({ ...one, ...options })) : wire;
}
