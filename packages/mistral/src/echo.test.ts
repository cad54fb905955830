import { collect } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { mistral } from "./index.js";

/** The text of a reply in these pieces to a conversation that ends with these words; streamed and whole. */
async function reply(prefix: string, ...pieces: (string | object[])[]): Promise<string> {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const events = [...pieces.map((content) => chunk({ content })), chunk({}, "stop")].map((event) =>
    JSON.stringify(event),
  );
  const message = { content: pieces.every((piece) => typeof piece === "string") ? pieces.join("") : pieces.flat() };
  const fetch: typeof globalThis.fetch = async (input) => {
    const { stream } = (await (input as Request).json()) as { stream: boolean };
    const body = stream
      ? [...events, "[DONE]"].map((data) => `data: ${data}\n\n`).join("")
      : JSON.stringify({ choices: [{ index: 0, finish_reason: "stop", message }] });
    return new Response(body, { headers: { "content-type": stream ? "text/event-stream" : "application/json" } });
  };
  const backend = mistral({ apiKey: "k", fetch }).createBackend();
  const messages = [
    { role: "user" as const, content: "Write" },
    { role: "assistant" as const, content: prefix },
  ];
  const streamed = await collect(backend.stream({ model: "m", messages }));
  const whole = await backend.generate({ model: "m", messages });
  expect(streamed.content).toEqual(whole.content);
  return whole.text;
}

describe("words that Mistral says again", () => {
  it.each([
    ["at once", "Once upon", ["Once upon", " a time"], " a time"],
    ["in pieces", "Once upon", ["On", "ce up", "on a", " time"], " a time"],
    ["without the space at their end", "Once upon ", ["Once upon", " a time"], "a time"],
    ["without that space at all", "{\n", ["{", '"a":1}'], '"a":1}'],
    ["and no more", "Once", ["Once"], ""],
    ["not at all", "Once upon", [" a time"], " a time"],
    ["but in part", "Once upon", ["Once", " more"], "Once more"],
    ["but in part, and no more", "Once upon", ["Once"], "Once"],
    ["in parts", "Once", [[{ type: "text", text: "Once more" }]], " more"],
  ] as [string, string, (string | object[])[], string][])("%s", async (_, prefix, pieces, expected) => {
    expect(await reply(prefix, ...pieces)).toBe(expected);
  });
});
