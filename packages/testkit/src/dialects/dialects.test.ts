import type { LLMErrorKind } from "@llmux/core";
import { describe, expect, it } from "vitest";
import type { Dialect, WireCall, WireResponse } from "../dialect.js";
import { TEXT } from "../scenarios.js";
import { withEachValue } from "../wire-json.js";
import { anthropicMessages } from "./anthropic-messages.js";
import { azure } from "./azure.js";
import { bedrockConverse } from "./bedrock-converse.js";
import { cohereChat } from "./cohere-chat.js";
import { eventFrame, eventFrames } from "./event-frame.js";
import { gemini, vertexGemini } from "./gemini.js";
import { huggingface } from "./huggingface.js";
import { mistral } from "./mistral.js";
import { ollamaChat } from "./ollama-chat.js";
import { openaiChat } from "./openai-chat.js";
import { openaiResponses } from "./openai-responses.js";

const DIALECTS: readonly Dialect[] = [
  anthropicMessages,
  azure,
  bedrockConverse,
  cohereChat,
  gemini,
  huggingface,
  mistral,
  ollamaChat,
  openaiChat,
  openaiResponses,
  vertexGemini,
];

/** What every provider has a way to tell of. */
const KINDS: readonly LLMErrorKind[] = [
  "authentication",
  "permission",
  "not-found",
  "invalid-request",
  "context-window-exceeded",
  "rate-limit",
  "quota-exceeded",
  "overloaded",
  "server",
];

const call = (stream: boolean): WireCall => ({ kind: "generate", stream, model: "kit" });

function textOf({ pieces, frames }: WireResponse): string {
  return pieces.map((piece) => (typeof piece === "string" ? piece : frames?.text(piece))).join("");
}

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))("%s", (_, dialect) => {
  it("says a reply whole and in pieces, one at least for each of its own", () => {
    const [text] = TEXT.parts;
    expect(textOf(dialect.reply(TEXT, call(false)))).toContain(text?.pieces.join(""));
    const streamed = dialect.reply(TEXT, call(true));
    expect(streamed.pieces.length).toBeGreaterThanOrEqual(text?.pieces.length ?? 0);
    for (const piece of text?.pieces ?? []) expect(textOf(streamed)).toContain(JSON.stringify(piece));
  });

  it("can be spoiled in each of its values", () => {
    for (const stream of [true, false]) {
      const response = dialect.reply(TEXT, call(stream));
      const variants = [...withEachValue(response, (value) => (value === null ? undefined : null))];
      expect(variants.length).toBeGreaterThan(10);
      for (const variant of variants) expect(textOf(variant.response)).not.toBe(textOf(response));
    }
  });

  it.each(KINDS)("tells of %s in its own way, with the words it is given", (kind) => {
    const response = dialect.error(kind, { message: "kit-words", retryAfter: 7 });
    expect(response?.status).toBeGreaterThanOrEqual(400);
    expect(textOf(response as WireResponse)).toContain("kit-words");
  });

  it("breaks off a stream with an error", () => {
    const broken = dialect.errorInStream?.(TEXT, { message: "kit-words" }, call(true)) as WireResponse;
    expect(textOf(broken)).toContain("The sky");
    expect(textOf(broken)).toContain("kit-words");
  });

  it("knows nothing of other providers' paths", () => {
    const request = { method: "POST", path: "/elsewhere", headers: {}, text: "{}", body: {} };
    expect(dialect.read(request)).toBeUndefined();
  });
});

it("frames as AWS does", () => {
  // The two checksums of a frame without headers and with `{}` in it, from its definition.
  expect(Buffer.from(eventFrame({}, {})).toString("hex")).toMatch(/^0000001200000000[\da-f]{8}7b7d[\da-f]{8}$/);
  const frame = eventFrame({ ":message-type": "event" }, { said: "Grüße" });
  expect(eventFrames.text(frame)).toBe('{"said":"Grüße"}');
  expect(eventFrames.withText(frame, '{"said":"Grüße"}')).toEqual(frame);
});
