import { expect, test } from "vitest";
import { type BudgetedCall, callOf } from "./budgeted-call.js";
import { estimateSize } from "./estimate.js";

const messages = [{ role: "user" as const, content: "x".repeat(384) }];
const size = (kind: BudgetedCall["kind"], request: object) =>
  estimateSize(callOf(kind, request as never, undefined), 1000);

test.each<[string, BudgetedCall["kind"], object, object]>([
  ["an answer of default length", "generate", { messages }, { input: 100, output: 1000 }],
  ["maxTokens", "stream", { messages, maxTokens: 7 }, { input: 100, output: 7 }],
  ["thinking comes on top", "generate", { messages, reasoning: { budgetTokens: 500 } }, { input: 100, output: 1500 }],
  ["embeddings", "embed", { values: ["x".repeat(40), "x".repeat(80)] }, { input: 30, output: 0 }],
  ["moderation", "moderate", { values: ["x".repeat(40), [{ type: "text", text: "abcd" }]] }, { input: 19, output: 0 }],
  [
    "reranking reads the query with each document",
    "rerank",
    { query: "abcd", documents: Array.from({ length: 101 }, () => "x".repeat(40)) },
    { input: 1111, output: 0, searchUnits: 2 },
  ],
  ["bytes of audio", "transcribe", { audio: new Uint8Array(160_000) }, { seconds: 10, input: 100, output: 40 }],
  ["audio in base64", "transcribe", { audio: "A".repeat(64_000) }, { seconds: 3 }],
  ["audio that is elsewhere", "transcribe", { audio: "https://example.com/a.mp3" }, { seconds: 60 }],
  ["speech, an emoji being one character", "speak", { text: "Hi 🌍" }, { characters: 4, input: 2 }],
  ["images", "generateImage", { prompt: "x".repeat(40), n: 3 }, { input: 10, output: 3000, images: 3 }],
])("%s", (_, kind, request, expected) => {
  expect(size(kind, request)).toMatchObject(expected);
});
