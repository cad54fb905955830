import type { Message, ToolResultPart } from "@llmux/core";
import { countText } from "./count-text.js";
import type { Encoding } from "./encoding.js";
import { imageTokens } from "./image-tokens.js";

/** What OpenAI puts around each message, its role included, and what a name adds, by its cookbook. */
const MESSAGE = 4;
const NAME = 1;
/** Around a call, of which the cookbook does not tell. */
const CALL = 3;
/** A file or a piece of audio, which no tokenizer counts: as much as a page. */
const MEDIUM = 1000;

export async function messageTokens(
  message: Message,
  encoding: Encoding,
  model: string | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const text = (value: string) => countText(value, encoding, signal);
  const json = (value: unknown) => text(JSON.stringify(value) ?? "");
  // Results go to OpenAI as a message each.
  let tokens = message.role === "tool" ? 0 : MESSAGE;
  if ("name" in message && message.name) tokens += NAME + (await text(message.name));
  const parts =
    typeof message.content === "string" ? [{ type: "text" as const, text: message.content }] : message.content;
  for (const part of parts) {
    if (part.type === "image") tokens += imageTokens(part, model);
    else if (part.type === "tool-call")
      tokens += CALL + (await text(part.name)) + (part.inputText ? await text(part.inputText) : await json(part.input));
    else if (part.type === "tool-result") tokens += MESSAGE + (await ofOutput(part.output));
    else if (part.type === "provider") tokens += await json(part.value);
    else if ("text" in part && typeof part.text === "string") tokens += await text(part.text);
    else tokens += MEDIUM;
  }
  return tokens;

  async function ofOutput(output: ToolResultPart["output"]): Promise<number> {
    if (typeof output === "string") return text(output);
    if (!isParts(output)) return json(output);
    let sum = 0;
    for (const part of output) {
      if (part.type === "text" && typeof part.text === "string") sum += await text(part.text);
      else sum += part.type === "image" ? imageTokens(part as never, model) : MEDIUM;
    }
    return sum;
  }
}

function isParts(output: unknown): output is readonly { type: string; text?: unknown }[] {
  return Array.isArray(output) && output.every((part) => ["text", "image", "file"].includes(part?.type));
}
