import { countTokens as cl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as o200k } from "gpt-tokenizer/encoding/o200k_base";
import { modelToEncodingMap } from "gpt-tokenizer/mapping";
import { afterEach, describe, expect, it, vi } from "vitest";
import { countText } from "./count-text.js";
import { encodingName, loadEncoding } from "./encoding.js";

const asText = { disallowedSpecial: new Set<string>() };

afterEach(() => vi.useRealTimers());

describe("encodingName", () => {
  it("is what gpt-tokenizer has for every model of the two encodings", () => {
    const models = Object.entries(modelToEncodingMap).filter(([, name]) => /^(?:cl100k|o200k)/.test(name));
    expect(models.length).toBeGreaterThan(20);
    for (const [model, name] of models) expect([model, `${encodingName(model)}`]).toEqual([model, name.split("_")[0]]);
  });

  it("is o200k for all that OpenAI did not make", () => {
    for (const model of [undefined, "claude-sonnet-4-5", "gemini-2.5-pro", "gpt-99"])
      expect(encodingName(model)).toBe("o200k");
    expect(encodingName("openai/gpt-4-turbo")).toBe("cl100k");
  });
});

describe("countText", () => {
  it("counts what the tokenizer counts, also of texts longer than it takes in one go", async () => {
    const texts = [
      "",
      "Hello, world!",
      "Grüße aus 東京 👋🏽",
      "a <|endoftext|> b",
      "The quick brown fox jumps.\n\n".repeat(5000),
    ];
    for (const text of texts) {
      expect(await countText(text, await loadEncoding("gpt-4o"))).toBe(o200k(text, asText));
      expect(await countText(text, await loadEncoding("gpt-4"))).toBe(cl100k(text, asText));
    }
  });

  it("hands the tokenizer no run that would take it long, whatever the text", async () => {
    const sizes: number[] = [];
    const encoding = {
      count: (piece: string) => {
        for (const run of piece.match(/\S+|\s+/g) ?? []) sizes.push(run.length);
        return piece.length;
      },
    };
    for (const run of [
      "a".repeat(1_000_000),
      " ".repeat(100_000),
      "\n".repeat(100_000),
      "👋".repeat(50_000),
      "{}".repeat(50_000),
    ]) {
      // Nothing is lost and nothing counted twice.
      expect(await countText(run, encoding)).toBe(run.length);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
  });

  it("comes near the tokenizer's count where it cuts a run", async () => {
    const run = Array.from({ length: 4000 }, (_, index) => String.fromCharCode(97 + ((index * 7919) % 26))).join("");
    const exact = o200k(run, asText);
    const count = await countText(run, await loadEncoding("gpt-4o"));
    expect(Math.abs(count - exact) / exact).toBeLessThan(0.02);
  });

  it("cuts no character in two", async () => {
    const pieces: string[] = [];
    const encoding = { count: (piece: string) => pieces.push(piece) };
    await countText(`x${"👋".repeat(40_000)}`, encoding);
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it("gives the event loop its turn, and stops for an abort", async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    let counted = 0;
    const encoding = { count: (piece: string) => (counted += piece.length) };
    const count = countText("word ".repeat(2_000_000), encoding, controller.signal);
    const failed = expect(count).rejects.toMatchObject({ kind: "aborted" });
    await vi.advanceTimersToNextTimerAsync();
    expect(counted).toBeGreaterThan(0);
    controller.abort();
    await vi.advanceTimersToNextTimerAsync();
    await failed;
    expect(counted).toBeLessThan(200_000);
  });
});
