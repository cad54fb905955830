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
export function expectedTokens({ kind, request }: LimitedCall, expectedOutput: number): ExpectedTokens {
  if (kind === "generate" || kind === "stream") {
    const { maxTokens } = request as GenerateRequest;
    const input = estimateTokens(request as GenerateRequest);
    return { asked: input + (maxTokens ?? 0), reserved: input + (maxTokens ?? expectedOutput) };
  }
  // Providers count these for nothing.
  if (kind === "countTokens" || kind === "listModels") return { asked: 0, reserved: 0 };
  const { values, documents, query, text, prompt } = request as Texts;
  let input = 0;
  for (const one of [query, text, prompt]) if (typeof one === "string") input += estimateTokens(one);
  for (const one of documents ?? []) input += estimateTokens(one);
  for (const one of values ?? [])
    input +=
      typeof one === "string"
        ? estimateTokens(one)
        : estimateTokens({ messages: [{ role: "user", content: one as [] }] });
  return { asked: input, reserved: input };
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
  const input = usage?.inputTokens?.total;
  const output = usage?.outputTokens?.total;
  return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
}
