import { describe, expect, it } from "vitest";
import { checkNumbers } from "./check-numbers.js";

describe("checkNumbers", () => {
  it.each([
    {},
    { contextSize: 1, topK: 0, topP: 1, minP: 0, temperature: 0, seed: 4294967295, gpuLayers: 0, maxTokens: 1 },
    { contextSize: "auto", gpuLayers: "max", threads: { min: 2 }, temperature: 2.5 },
  ])("lets %j be", (options) => {
    expect(() => checkNumbers(options, "")).not.toThrow();
  });

  it.each([
    [{ contextSize: 40e9 }, "x.contextSize is 40000000000; expected a whole number from 1"],
    [{ contextSize: -5 }, "x.contextSize is -5; expected a whole number from 1"],
    [{ contextSize: { min: 256, max: 40e9 } }, "x.contextSize.max is 40000000000; expected a whole number from 1"],
    [{ batchSize: 1.5 }, "x.batchSize is 1.5; expected a whole number from 1"],
    [{ temperature: Number.NaN }, "x.temperature is NaN; expected a number from 0"],
    [{ minP: 7 }, "x.minP is 7; expected a number from 0 to 1"],
    [{ seed: -1 }, "x.seed is -1; expected a whole number from 0"],
    [{ maxTokens: 0 }, "x.maxTokens is 0; expected a whole number from 1"],
  ])("refuses %j", (options, message) => {
    const parameter = message.split(" ")[0];
    expect(() => checkNumbers(options, "x.")).toThrow(
      expect.objectContaining({ kind: "invalid-request", parameter, message }),
    );
  });
});
