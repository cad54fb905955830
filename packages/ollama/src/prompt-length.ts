import type { ChatRequest, GenerateRequest, Message } from "ollama/browser";

/** The texts of a prompt. */
export function textsOf(body: ChatRequest | GenerateRequest): string[] {
  if ("prompt" in body) return [body.system ?? "", body.prompt];
  return (body.messages as readonly Message[]).map(({ content }) => content);
}

/** The `num_ctx` that a request asks for; `undefined` where it leaves that to the server. */
export function contextAsked({ options }: ChatRequest | GenerateRequest): number | undefined {
  return typeof options?.num_ctx === "number" ? options.num_ctx : undefined;
}

/**
 * Whether a prompt of which `count` tokens were read may have been cut at all. Found without looking at its characters, of which a token
 * holds 1.25 or more, so that a prompt that can't have been too long costs nothing.
 */
export function mayBeCut(body: ChatRequest | GenerateRequest, count: number): boolean {
  const limit = contextAsked(body);
  let length = 0;
  for (const text of textsOf(body)) length += text.length;
  return length / 1.25 >= (limit ?? 2048) || (limit !== undefined && count >= limit - 1);
}
