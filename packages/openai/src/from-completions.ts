import type { AdapterResult } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import type { WireChoice, WireCompletion } from "./chat-facts.js";
import { fromChat } from "./from-chat.js";
import type { WireHost } from "./host.js";

/**
 * What the answer of the legacy API means. It is that of a chat completion but for the text's place. Some servers answer with a chat
 * completion right away, which is read as one.
 *
 * @throws LLMError what an error object in the body says; `malformed-response` for what is no completion
 */
export function fromCompletions(body: WireCompletion, host: WireHost): AdapterResult {
  const { choices } = body ?? {};
  // Throws where the body is an error.
  if (body && !choices) return fromChat(body, host);
  const made = Array.isArray(choices) ? choices.filter((choice) => !!choice) : [];
  if (made.length === 0) throw malformed("The provider's answer is not a completion", body);
  return fromChat({ ...body, choices: made.map((choice) => asChatChoice(choice, "message")) }, host);
}

/** A choice with its text where Chat Completions have it. */
export function asChatChoice(choice: WireChoice, place: "message" | "delta"): WireChoice {
  const { text } = choice;
  return choice[place] || typeof text !== "string" ? choice : { ...choice, [place]: { content: text } };
}
