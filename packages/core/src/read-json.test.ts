import { describe, expect, it } from "vitest";
import { LLMError } from "./errors.js";
import { malformed } from "./malformed.js";
import { readAs, readJSON, readObject } from "./read-json.js";
import { errorOf } from "./testing/fakes.js";
import { textIn, toolNameIn } from "./wire-values.js";

const malformedResponse = { kind: "malformed-response" };

describe("the body of an answer", () => {
  it.each(["", "<html>", "{"])("%j is malformed, and shown", async (text) => {
    expect(await errorOf(readJSON(new Response(text)))).toMatchObject({ ...malformedResponse, text });
  });

  it.each(["null", "5", '"a"'])("%s is JSON, and no object", async (text) => {
    expect(await readJSON(new Response(text))).toBe(JSON.parse(text));
    expect(await errorOf(readObject(new Response(text)))).toMatchObject(malformedResponse);
  });

  it("that its reader stumbles over is malformed; what the reader says itself stands", async () => {
    const read = (body: { a: { b: number } }): number => body.a.b;
    expect(await readAs(new Response('{"a":{"b":1}}'), read)).toBe(1);
    expect(await errorOf(readAs(new Response('{"a":null}'), read))).toMatchObject(malformedResponse);
    const own = new LLMError({ kind: "server", message: "no" });
    const fail = (): never => {
      throw own;
    };
    expect(await errorOf(readAs(new Response("{}"), fail))).toBe(own);
  });
});

describe("a malformed answer", () => {
  it("is shown by its beginning, whatever it is", () => {
    const { message, text } = malformed("Not that", "x".repeat(20_000));
    expect(message).toBe(`Not that: "${"x".repeat(120)}…"`);
    expect(text).toHaveLength(10_000);
    expect(malformed("Not that", undefined).message).toBe("Not that: nothing at all");
    const circle: { self?: object } = {};
    circle.self = circle;
    expect(malformed("Not that", circle).message).toContain("nested too deep");
  });
});

describe("values off the wire", () => {
  it("are texts, parts of texts, or nothing", () => {
    expect([undefined, null, "a", [{ text: "a" }, null, { text: "b" }]].map(textIn)).toEqual(["", "", "a", "ab"]);
    expect(() => textIn(5)).toThrow(expect.objectContaining(malformedResponse));
  });

  it("are names that say something", () => {
    expect(toolNameIn("a")).toBe("a");
    for (const value of ["", null, 5])
      expect(() => toolNameIn(value)).toThrow(expect.objectContaining(malformedResponse));
  });
});
