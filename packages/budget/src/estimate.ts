import { estimateTokens, type MediaData } from "@llmux/core";
import type { BudgetedCall } from "./budgeted-call.js";

/** What a call is made of, as far as its price depends on it. */
export interface CallSize {
  input: number;
  output: number;
  /** Documents by the hundred that a query is held against, as some providers bill it. */
  searchUnits?: number;
  /** Seconds of audio. */
  seconds?: number;
  characters?: number;
  images?: number;
}

/** Of audio whose length nobody has said: bytes to the second of an MP3 at 128 kbit/s, and seconds of what is not here to be looked at. */
const AUDIO = { bytes: 16_000, unknown: 60 };
/** Tokens to the second, as OpenAI's models count speech that they hear, and about what is said in one. */
const SPEECH = { heard: 10, said: 4 };
const IMAGE = 1000;

/**
 * What a call will be made of, reckoned before it is made.
 *
 * @param outputTokens of an answer whose request sets no `maxTokens`
 */
export function estimateSize(call: BudgetedCall, outputTokens: number): CallSize {
  switch (call.kind) {
    case "generate":
    case "stream": {
      const { maxTokens = outputTokens + (call.request.reasoning?.budgetTokens ?? 0) } = call.request;
      return { input: estimateTokens(call.request), output: Number(maxTokens) || 0 };
    }
    case "embed":
      return { input: sumOf(call.request.values), output: 0 };
    case "moderate": {
      const messages = call.request.values.map((content) => ({ role: "user" as const, content: content as string }));
      return { input: estimateTokens({ messages }), output: 0 };
    }
    case "rerank": {
      const { query, documents } = call.request;
      return {
        input: sumOf(documents) + documents.length * estimateTokens(query),
        output: 0,
        searchUnits: Math.ceil(documents.length / 100),
      };
    }
    case "transcribe": {
      const seconds = secondsOf(call.request.audio);
      return { input: Math.ceil(seconds * SPEECH.heard), output: Math.ceil(seconds * SPEECH.said), seconds };
    }
    case "speak": {
      const characters = [...call.request.text].length;
      const input = estimateTokens(call.request.text);
      // Spoken, four characters take about a quarter of a second.
      return { input, output: Math.ceil(input / 4) * SPEECH.heard, characters };
    }
    case "generateImage": {
      const { prompt, n: images = 1, images: given = [] } = call.request;
      return { input: estimateTokens(prompt) + given.length * IMAGE, output: images * IMAGE, images };
    }
  }
}

function sumOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + estimateTokens(text), 0);
}

function secondsOf(audio: MediaData): number {
  if (audio instanceof Uint8Array) return audio.length / AUDIO.bytes;
  // Base64 has four characters for three bytes.
  if (typeof audio === "string" && !audio.includes(":")) return (audio.length * 3) / 4 / AUDIO.bytes;
  return AUDIO.unknown;
}
