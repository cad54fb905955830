import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Overlap } from "./overlap.js";

/** What comes out of a continuation in these pieces, piece by piece, and at its end. */
function run(said: string, pieces: readonly string[], words = true): string[] {
  const overlap = new Overlap(said, words);
  return [...pieces.map((piece) => overlap.take(piece)), overlap.rest()];
}

const joined = (said: string, ...pieces: string[]): string => run(said, pieces).join("");

describe("what a continuation repeats is taken off", () => {
  it.each([
    ["a word that was cut", "Paris is the capi", "capital of France", "tal of France"],
    ["the last words", "The quick brown fox", "brown fox jumps", " jumps"],
    ["the last words with the space after them", "I know that ", "that is so", "is so"],
    ["the whole answer", "Once upon", "Once upon a time", " a time"],
    ["many characters that begin within a word", "internationalisation", "alisation of it", " of it"],
    ["the longest repetition", "one two one two ", "one two one two three", "three"],
    ["space", "First.\n\n", "\n\nSecond.", "Second."],
    ["a part of the space", "First.\n\n", "\nSecond.", "Second."],
    ["the half of a character", "fine \ud83d", "🙂 day", "\ude42 day"],
    ["nothing but what was said", "Hello there", "there", ""],
    ["words of another script", "Привет, как дела", "дела идут", " идут"],
  ])("%s", (_, said, next, rest) => {
    expect(joined(said, next)).toBe(rest);
    expect(joined(said, ...next.split(""))).toBe(rest);
  });
});

describe("what looks like a repetition by chance is not", () => {
  it.each([
    ["a letter", "hel", "lo"],
    ["a few within a word", "banana", "nas"],
    ["two at a word", "so it is", "is"],
    ["a word once more, after its space", "I had", " had it"],
    ["words that stand elsewhere", "one two three", "two four"],
    ["nothing alike", "Hello", " you"],
  ])("%s", (_, said, next) => {
    expect(joined(said, next)).toBe(next);
    expect(joined(said, ...next)).toBe(next);
  });
});

it("only takes off space where words can't be repeated", () => {
  expect(run("The quick brown fox", ["brown fox"], false)).toEqual(["brown fox", ""]);
  expect(run("fox\n ", ["\n", " ", "x"], false).join("")).toBe("x");
});

it("lets go of a piece as soon as it can be told", () => {
  expect(run("The quick brown fox", ["Yes", ", it"])).toEqual(["Yes", ", it", ""]);
  expect(run("The quick brown fox", ["bro", "wn fox", " jumps"])).toEqual(["", "", " jumps", ""]);
  expect(run("The quick brown fox", ["bro", "ken"])).toEqual(["", "broken", ""]);
});

it("takes off the longest end of what was said that the continuation begins with, however it is cut into pieces", () => {
  const words = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 24 });
  const long = (said: string, length: number) => {
    const at = said.length - length;
    const atWord = /\w/.test(said[at]!) && !/\w/.test(said[at - 1] ?? " ");
    return at >= said.trimEnd().length || length >= 8 || (atWord && length >= 3);
  };
  fc.assert(
    fc.property(words, words, fc.array(fc.nat(24)), (said, next, cuts) => {
      let repeated = 0;
      for (let length = 1; length <= said.length; length++)
        if (long(said, length) && next.startsWith(said.slice(-length))) repeated = length;
      const at = [0, ...cuts.map((cut) => Math.min(cut, next.length)), next.length].sort((a, b) => a - b);
      const pieces = at.slice(1).map((end, index) => next.slice(at[index], end));
      expect(run(said, pieces).join("")).toBe(next.slice(repeated));
    }),
    { numRuns: 2000 },
  );
});
