import { estimateTokens, type GenerateRequest, type Message } from "@llmux/core";
import type { CutAnswer } from "./options.js";

/** What a continuation may say again of the text before it. */
export type Repeats = "words" | "space" | "nothing";

const INSTRUCTION =
  "Your last message was cut off by a technical fault. Go on from exactly where it stops, even in the middle of a word: write only what comes " +
  "next, repeat nothing of it, and do not mention this.";

/**
 * Asks for the rest of an answer: with the text so far as the assistant's last message, which Mistral's models and those of Claude's up to 4.5 go
 * on from, and for all others with a user's message after it that asks them to. Claude refuses an answer begun for it from 4.6 on
 * (https://platform.claude.com/docs/en/api/errors#prefill-not-supported), and where it thinks.
 *
 * What the text took is taken off `maxTokens`, as an estimate, but where a part of those is set aside for reasoning.
 */
export function continueText(request: GenerateRequest, cut: CutAnswer): GenerateRequest {
  return continuation(request, cut).request;
}

/** The request of {@link continueText}, and what its answer may repeat. */
export function continuation(request: GenerateRequest, cut: CutAnswer): { request: GenerateRequest; repeats: Repeats } {
  const { text, provider, model = "" } = cut;
  const fewer = { ...request, ...remaining(request, text) };
  const mistral = provider === "mistral";
  const claude = provider === "anthropic" && request.reasoning === undefined && takesPrefill(model);
  if (mistral || claude) {
    // Claude takes no space at the end.
    const content = claude ? text.trimEnd() : text;
    const messages: readonly Message[] =
      content === "" ? request.messages : [...request.messages, { role: "assistant", content }];
    return { request: { ...fewer, messages }, repeats: claude ? "space" : "nothing" };
  }
  const messages: readonly Message[] = [
    ...request.messages,
    { role: "assistant", content: text },
    { role: "user", content: INSTRUCTION },
  ];
  return { request: { ...fewer, messages }, repeats: "words" };
}

/** Claude 2, 3 and 4 to 4.5, whichever way round family and version stand in the name; of names that it does not know, none. */
function takesPrefill(model: string): boolean {
  return /^claude-(?:instant|[23](?![\d])|(?:opus|sonnet|haiku)-4(?:-[0-5])?(?:-(?:\d{8}|latest))?$)/.test(model);
}

function remaining({ maxTokens, reasoning }: GenerateRequest, text: string): Pick<GenerateRequest, "maxTokens"> {
  if (maxTokens === undefined || reasoning?.budgetTokens !== undefined) return {};
  return { maxTokens: Math.max(1, maxTokens - estimateTokens(text)) };
}
