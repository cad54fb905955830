import { describe, expect, it } from "vitest";
import { collect } from "./collect.js";
import { assembleResult } from "./complete-result.js";
import { streamResult } from "./stream-result.js";
import { STOP, USAGE } from "./testing/fakes.js";

describe("streamResult", () => {
  it("gives a stream of which the result is made again", async () => {
    const result = assembleResult({
      content: [
        {
          type: "reasoning",
          text: " Let me\nthink.  ",
          signature: "s",
          id: "i",
          provider: "acme",
          providerMetadata: { acme: { a: 1 } },
        },
        { type: "reasoning", text: "", redacted: "r", provider: "acme" },
        { type: "text", text: "Two  words, 👋\n", citations: [{ url: "http://x.test" }] },
        { type: "refusal", text: "No." },
        { type: "tool-call", id: "1", name: "now", input: { at: ["x"] } },
        { type: "tool-call", id: "2", name: "now", input: undefined, inputText: "{broken" },
        { type: "image", data: Uint8Array.of(1), mediaType: "image/png" },
        { type: "provider", provider: "acme", value: { x: 1 } },
        { type: "text", text: "" },
      ],
      finishReason: STOP,
      usage: USAGE,
      output: { a: 1 },
      warnings: [{ type: "other", message: "hm" }],
      provider: "acme",
      model: "m",
      response: { id: "r", headers: { a: "b" } },
      providerMetadata: { acme: { b: 2 } },
      cost: { total: 0.5, source: "list" },
      attempts: [{ provider: "acme", model: "m", duration: 3 }],
      cachedAt: new Date(0),
    });
    expect(await collect(streamResult(result))).toEqual(result);
    const { value: start } = await streamResult(result).next();
    expect(start).toMatchObject({ type: "start", cachedAt: new Date(0) });
  });

  it("streams words", async () => {
    const result = assembleResult({
      content: [{ type: "text", text: "a bc  d" }],
      finishReason: STOP,
      usage: USAGE,
      output: undefined,
      warnings: [],
      provider: "acme",
      model: "m",
      response: {},
    });
    const deltas: string[] = [];
    for await (const event of streamResult(result)) if (event.type === "text-delta") deltas.push(event.delta);
    expect(deltas).toEqual(["a", " bc", "  d"]);
  });
});
