import type { GenerateRequest, Message } from "@llmux/core";

/** The question that a request ends with, and all else that it says. */
export interface LastQuestion {
  text: string;
  rest: GenerateRequest;
}

/** `undefined` where the last turn is not one text of the user's, or where anything but text was said before: what is in an image or a tool's result no vector of a text tells. */
export function lastQuestion(request: GenerateRequest): LastQuestion | undefined {
  const messages: readonly Message[] = request.messages ?? [];
  const last = messages.at(-1);
  if (last?.role !== "user" || !messages.every(isText)) return undefined;
  const parts = typeof last.content === "string" ? [{ type: "text" as const, text: last.content }] : last.content;
  const [part] = parts;
  if (parts.length !== 1 || part?.type !== "text" || part.text.trim() === "") return undefined;
  const said = { ...last, content: [{ ...part, text: "" }] };
  return { text: part.text, rest: { ...request, messages: [...messages.slice(0, -1), said] } };
}

function isText({ content }: Message): boolean {
  return typeof content === "string" || (content as readonly { type: string }[]).every(({ type }) => type === "text");
}
