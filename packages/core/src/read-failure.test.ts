import { describe, expect, it } from "vitest";
import { depthFault } from "./depth-fault.js";
import { readFailure } from "./read-failure.js";

describe("readFailure", () => {
  it.each([
    ['{"message":"no"}', { message: "no" }, '{"message":"no"}'],
    ['"no"', undefined, '"no"'],
    [" upstream is down ", undefined, "upstream is down"],
    ["<html>502</html>", undefined, "Bad Gateway"],
    ["", undefined, "Bad Gateway"],
    ["x".repeat(400), undefined, "x".repeat(300)],
  ])("reads %j", async (text, body, said) => {
    expect(await readFailure(new Response(text, { status: 502, statusText: "Bad Gateway" }))).toEqual({ body, said });
  });

  it("reads nothing of a body that breaks", async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    expect(await readFailure(new Response(broken, { status: 500, statusText: "Down" }))).toEqual({ said: "Down" });
  });
});

describe("depthFault", () => {
  it("knows what an engine throws for a value that is nested too deep, and nothing else", () => {
    const deep = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`) as unknown;
    let thrown: unknown;
    try {
      JSON.stringify(deep);
    } catch (error) {
      thrown = error;
    }
    expect(depthFault(thrown)).toMatchObject({ kind: "malformed-response" });
    expect(depthFault(new RangeError("Invalid array length"))).toBeUndefined();
    expect(depthFault(undefined)).toBeUndefined();
  });
});
