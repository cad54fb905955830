import type { GenerateRequest, GenerateResult, LLMBackend, StreamEvent } from "@llmux/core";

/** A short chat, as an application asks it. */
export const request: GenerateRequest = {
  model: "gpt-4o",
  messages: [
    {
      role: "system",
      content: "You are a helpful assistant. Answer in one paragraph, and say so where you don't know.",
    },
    {
      role: "user",
      content: "Why is the sky blue, and why is it red in the evening? I have to explain it to a child of six.",
    },
  ],
  temperature: 0.7,
  maxTokens: 512,
  context: { key: "team-a", user: "user-17", tags: ["chat", "production"], session: "conversation-3" },
};

const usage = {
  inputTokens: { total: 57, cacheRead: 0, cacheWrite: undefined },
  outputTokens: { total: 148, reasoning: 0 },
};
const finishReason = { unified: "stop", raw: "stop" } as const;
const text =
  "Sunlight is made of all colours, and air bends the blue part away from its path more than the red. ".repeat(6);
const response = { id: "chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz", model: "gpt-4o-2024-08-06", createdAt: new Date(0) };
const content = [{ type: "text", text }] as const;

const result: GenerateResult = {
  content,
  text,
  reasoning: undefined,
  refusal: undefined,
  toolCalls: [],
  output: undefined,
  message: { role: "assistant", content },
  finishReason,
  usage,
  warnings: [],
  provider: "openai",
  model: "gpt-4o",
  response,
};

const START: IteratorResult<StreamEvent> = {
  done: false,
  value: { type: "start", provider: "openai", model: "gpt-4o", warnings: [], response },
};
const OPEN: IteratorResult<StreamEvent> = { done: false, value: { type: "text-start", id: "0" } };
const DELTA: IteratorResult<StreamEvent> = { done: false, value: { type: "text-delta", id: "0", delta: " sunlight" } };
const CLOSE: IteratorResult<StreamEvent> = { done: false, value: { type: "text-end", id: "0" } };
const FINISH: IteratorResult<StreamEvent> = { done: false, value: { type: "finish", finishReason, usage } };
const DONE: IteratorResult<StreamEvent> = { done: true, value: undefined };

/** Answers at once, and a stream of that many deltas, with as little work of its own as there can be. */
export function bareBackend(chunks: () => number): LLMBackend {
  return {
    provider: "openai",
    generate: async () => ({ ...result }),
    stream() {
      const deltas = chunks();
      let at = 0;
      const iterator = {
        [Symbol.asyncIterator]: () => iterator,
        next(): Promise<IteratorResult<StreamEvent>> {
          const place = at++;
          if (place >= 2 && place < deltas + 2) return Promise.resolve(DELTA);
          if (place === 0) return Promise.resolve(START);
          if (place === 1) return Promise.resolve(OPEN);
          if (place === deltas + 2) return Promise.resolve(CLOSE);
          return Promise.resolve(place === deltas + 3 ? FINISH : DONE);
        },
        return: (): Promise<IteratorResult<StreamEvent>> => Promise.resolve(DONE),
      };
      return iterator;
    },
  };
}
