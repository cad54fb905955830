import { describe, expect, it } from "vitest";
import { cutWarning, estimateTokens, wasCut } from "./truncation.js";

const prose = (words: number): string => "the quick brown fox jumps over a lazy dog again ".repeat(words / 10);
const estimate = (content: string): ReturnType<typeof estimateTokens> =>
  estimateTokens({ model: "m", messages: [{ role: "user", content }] });

describe("where num_ctx is known", () => {
  it("a prompt that fits is not cut", () => expect(wasCut(1010, 2048, estimate(prose(1000)))).toBe(false));
  it("a prompt of long words that just fits is not", () =>
    expect(wasCut(2000, 2048, estimate("internationalisation ".repeat(550)))).toBe(false));
  it("one that fills the context is", () => expect(wasCut(2048, 2048, estimate(prose(2100)))).toBe(true));
  it("one that can't have fitted is, whatever was counted", () =>
    expect(wasCut(30, 512, estimate(prose(5000)))).toBe(true));
  it("one of which half was read is", () => expect(wasCut(1024, 2048, estimate(prose(2500)))).toBe(true));
  it("ruled lines and blanks are few tokens", () =>
    expect(wasCut(90, 512, estimate(`${"=".repeat(9000)}${" ".repeat(9000)}`))).toBe(false));
  it("Chinese has more tokens to the character", () =>
    expect(wasCut(1024, 2048, estimate("今天天气很好我们去公园".repeat(400)))).toBe(true));
});

describe("where it is not", () => {
  it("a short prompt never is", () => expect(wasCut(1, undefined, estimate(prose(1000)))).toBe(false));
  it("a long one that was read in full is not", () =>
    expect(wasCut(10_010, undefined, estimate(prose(10_000)))).toBe(false));
  it("one that stops at a usual size is", () => expect(wasCut(4096, undefined, estimate(prose(4200)))).toBe(true));
  it("one that stops a token short of it is", () => expect(wasCut(4095, undefined, estimate(prose(4200)))).toBe(true));
  it("one of which the most is missing is", () => expect(wasCut(900, undefined, estimate(prose(10_000)))).toBe(true));
});

it("says how to mend it", () => {
  const { message } = cutWarning(2048, 2048, { least: 4000, likely: 6000 });
  expect(message).toContain("num_ctx: 8192");
  expect(message).toContain("the model read 2048");
});
