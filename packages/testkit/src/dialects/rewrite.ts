import type { WireResponse } from "../dialect.js";

/** An answer in OpenAI's format, or one event of it, as far as those who speak nearly so change it. */
export interface ChatJSON {
  object?: string;
  choices?: ChatChoice[];
  [field: string]: unknown;
}

interface ChatChoice {
  message?: Record<string, unknown>;
  delta?: Record<string, unknown>;
  finish_reason?: string | null;
  [field: string]: unknown;
}

/** The answer with the JSON of its body, or of each of its events, changed. */
export function rewrite(response: WireResponse, change: (json: ChatJSON) => object): WireResponse {
  const pieces = response.pieces.map((piece) => {
    const [, start = "", json, end = ""] = /^(data: )?(\{.*\})(\s*)$/s.exec(String(piece)) ?? [];
    return json === undefined ? piece : start + JSON.stringify(change(JSON.parse(json) as ChatJSON)) + end;
  });
  return { ...response, pieces };
}

/** What a choice says, whole or in pieces. */
export function saidIn({ choices = [] }: ChatJSON): readonly Record<string, unknown>[] {
  return choices.map(({ message, delta }) => message ?? delta ?? {});
}
