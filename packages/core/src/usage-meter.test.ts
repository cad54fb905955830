import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteLength, estimateTokens } from "./estimate-tokens.js";
import type { StreamEvent } from "./stream-event.js";
import { events, HELLO, USAGE } from "./testing/fakes.js";
import { UsageMeter } from "./usage-meter.js";

describe("estimateTokens", () => {
  it("counts a token for four bytes of UTF-8", () => {
    expect(estimateTokens("")).toBe(0);
    expect(estimateTokens("abcd")).toBe(1);
    expect(estimateTokens("abcde")).toBe(2);
    expect(estimateTokens("日本語です")).toBe(4);
  });

  it("knows how long any text is in UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(byteLength(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });

  it("counts everything of a request: each message, tools, calls and their results, media", () => {
    const base = estimateTokens(HELLO);
    expect(base).toBe(4 + 2);
    const more: Parameters<typeof estimateTokens>[0][] = [
      { messages: [...HELLO.messages, { role: "user", content: "" }] },
      { messages: HELLO.messages, tools: [{ name: "now", inputSchema: { type: "object" } }] },
      { messages: [...HELLO.messages, { role: "user", content: [{ type: "image", data: Uint8Array.of(1) }] }] },
      {
        messages: [
          ...HELLO.messages,
          { role: "assistant", content: [{ type: "tool-call", id: "1", name: "now", input: { at: "noon" } }] },
          { role: "tool", content: [{ type: "tool-result", id: "1", name: "now", output: { hour: 12 } }] },
        ],
      } as never,
    ];
    for (const request of more) expect(estimateTokens(request)).toBeGreaterThan(base);
  });
});

describe("UsageMeter", () => {
  it("estimates until the provider has counted", () => {
    const meter = new UsageMeter(HELLO);
    expect(meter.usage).toMatchObject({ inputTokens: { total: 6 }, outputTokens: { total: 0 } });
    const stream = events("12345678", "1234") as StreamEvent[];
    for (const event of stream.slice(0, -1)) meter.see(event);
    meter.see({ type: "reasoning-delta", id: "r", delta: "1234" });
    expect(meter.estimated).toBe(true);
    expect(meter.usage.outputTokens).toEqual({ total: 4, reasoning: 1 });
    meter.see(stream.at(-1)!);
    expect(meter.estimated).toBe(false);
    expect(meter.usage).toBe(USAGE);
  });
});
