import type { Warning } from "@llmux/core";
import type { ChatRequest, GenerateRequest } from "ollama/browser";
import { textsOf } from "./prompt-length.js";

/** What Ollama's servers take where nobody says: the least of their defaults (docs/context-length.mdx of ollama/ollama). */
const LEAST_DEFAULT = 4096;

/** What a prompt's text says of its length in tokens. */
export interface Estimate {
  /** It is hardly shorter than this. */
  least: number;
  /** It is about this long. */
  likely: number;
}

/**
 * Whether Ollama cut the prompt, which it does without a word: it drops the oldest messages, then tokens, until the rest fits `num_ctx`,
 * and `prompt_eval_count` counts the rest. A prompt that fills the context, one that can't possibly have fitted, and one of which far
 * fewer tokens were read than its text holds, were cut. It is a guess from the text's length and errs towards silence.
 *
 * @param limit the context's length in tokens; `undefined` where it is not known
 */
export function wasCut(count: number, limit: number | undefined, { least, likely }: Estimate): boolean {
  if (limit === undefined) {
    return likely > LEAST_DEFAULT * 0.9 && (count < least || (isContextSize(count) && likely > count));
  }
  return count >= limit - 1 || least > limit || (likely > limit && count < least);
}

/** Whether a count is just what a context of a usual length holds, or one less, which is what the servers leave of a long prompt. */
function isContextSize(count: number): boolean {
  return count >= 2047 && (count % 1024 === 0 || count % 1024 === 1023);
}

export function cutWarning(count: number, limit: number | undefined, { likely }: Estimate): Warning {
  const wanted = 2 ** Math.ceil(Math.log2(likely * 1.25));
  const context = limit === undefined ? "the context (num_ctx)" : `the context of ${limit} (num_ctx)`;
  return {
    type: "truncated",
    parameter: "messages",
    message:
      `Ollama cut the prompt to fit ${context}: of about ${Math.round(likely)} tokens the model read ${count}. ` +
      `Make it longer with providerOptions: { ollama: { num_ctx: ${wanted} } }, or set truncate: false there to get an error instead`,
  };
}

/** An estimate from the texts of a request; images are left out, so it errs towards too short. */
export function estimateTokens(body: ChatRequest | GenerateRequest): Estimate {
  let narrow = 0;
  let wide = 0;
  for (const text of textsOf(body)) {
    let before = -1;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      // A run of one character, such as blanks or a ruled line, takes few tokens.
      if (code === before) continue;
      before = code;
      if (code < 0x2e80) narrow++;
      else wide++;
    }
  }
  // English prose holds 4 to 5 characters a token, code 3; Chinese, Japanese and Korean 1 to 2.
  return { least: narrow / 6 + wide / 2, likely: narrow / 4 + wide / 1.25 };
}
