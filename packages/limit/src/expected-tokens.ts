import { estimateTokens, type GenerateRequest, invalidOption, type Usage } from "@llmux/core";
import type { LimitedCall } from "./limited-call.js";

/** What a call is reckoned to take before it is made. */
export interface ExpectedTokens {
  /** It may take as many at least, by what it says itself: its input, and the output that it allows. */
  asked: number;
  /** With what is reckoned for an output that the request does not limit. */
  reserved: number;
}

/** Texts that calls other than `generate` and `stream` send. */
interface Texts {
  values?: readonly unknown[] | undefined;
  documents?: readonly string[] | undefined;
  query?: string | undefined;
  text?: string | undefined;
  prompt?: string | undefined;
}

/** @param expectedOutput tokens, for requests without `maxTokens` */
export function expectedTokens(call: LimitedCall, expectedOutput: number): ExpectedTokens {
  const input = expectedInput(call);
  if (call.kind !== "generate" && call.kind !== "stream") return { asked: input, reserved: input };
  const output = amountOf((call.request as GenerateRequest).maxTokens);
  return { asked: input + (output ?? 0), reserved: input + (output ?? expectedOutput) };
}

function expectedInput({ kind, request }: LimitedCall): number {
  // Providers count these for nothing.
  if (kind === "countTokens" || kind === "listModels") return 0;
  try {
    if (kind === "generate" || kind === "stream") return estimateTokens(request as GenerateRequest);
    const { values = [], documents = [], query, text, prompt } = request as Texts;
    let tokens = 0;
    for (const one of [query, text, prompt, ...documents, ...values]) {
      if (typeof one === "string") tokens += estimateTokens(one);
      else if (Array.isArray(one)) tokens += estimateTokens({ messages: [{ role: "user", content: one }] });
    }
    return tokens;
  } catch {
    // What can't be reckoned makes no sense, which is for the backend to say.
    return 0;
  }
}

/** The same, by a function of the application's own. @throws LLMError `invalid-request` where it gives no number */
export function ownExpectedTokens(estimate: (call: LimitedCall) => number, call: LimitedCall): ExpectedTokens {
  const tokens = estimate(call);
  if (!(tokens >= 0 && Number.isFinite(tokens)))
    throw invalidOption("estimate", "must give a number of tokens, 0 or more", tokens);
  return { asked: Math.ceil(tokens), reserved: Math.ceil(tokens) };
}

/** What an answer says it took; `undefined` where it says nothing. */
export function usedTokens(usage: Partial<Usage> | undefined): number | undefined {
  const input = amountOf(usage?.inputTokens?.total);
  const output = amountOf(usage?.outputTokens?.total);
  return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
}

/** A number that can be counted with: one that is not would break the count for all. */
function amountOf(tokens: number | undefined): number | undefined {
  return Number.isFinite(tokens) && tokens! >= 0 ? Math.ceil(tokens!) : undefined;
}
