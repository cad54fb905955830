import type { ToolResultPart } from "./content.js";
import type { Message } from "./message.js";
import type { CountTokensRequest } from "./request.js";
import { requestKey } from "./request-key.js";

/** Bytes of UTF-8 to a token: OpenAI's and Google's rule of thumb for English; close for code, a little high for Chinese and Japanese. */
const BYTES = 4;
/** What roles and separators add to each message, and what an image or a page is reckoned at: the size of one tile or page with most providers. */
const MESSAGE = 4;
const MEDIUM = 1000;

/**
 * Tokens of a text, or of a request with its tools, reckoned from its length without a tokenizer. An estimate, for reserving and dividing up
 * beforehand; what a call really took stands in its `usage`.
 */
export function estimateTokens(of: string | Pick<CountTokensRequest, "messages" | "tools">): number {
  if (typeof of === "string") return tokensOfBytes(byteLength(of));
  let tokens = of.tools?.length ? estimateTokens(requestKey({ tools: of.tools })) : 0;
  for (const message of of.messages) tokens += MESSAGE + ofContent(message.content);
  return tokens;
}

function ofContent(content: Message["content"]): number {
  if (typeof content === "string") return estimateTokens(content);
  let tokens = 0;
  for (const part of content) {
    if ("text" in part && typeof part.text === "string") tokens += estimateTokens(part.text);
    else if (part.type === "tool-call") tokens += estimateTokens(part.name + (JSON.stringify(part.input) ?? ""));
    else if (part.type === "tool-result") tokens += ofOutput(part.output);
    else tokens += MEDIUM;
  }
  return tokens;
}

function ofOutput(output: ToolResultPart["output"]): number {
  if (typeof output === "string") return estimateTokens(output);
  const isParts = Array.isArray(output) && output.every((part) => typeof part?.type === "string");
  return isParts ? ofContent(output as Message["content"]) : estimateTokens(JSON.stringify(output) ?? "");
}

/** Tokens of so many bytes of UTF-8. */
export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / BYTES);
}

/** Bytes of a text in UTF-8; a text in ASCII, as most are, is not encoded for it. */
export function byteLength(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) length += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}
