import { describe, expect, it } from "vitest";
import { parseToolInput, toolInputText } from "./tool-input.js";

describe("parseToolInput", () => {
  it("takes nothing for no arguments", () => {
    for (const text of ["", "  \n", null, undefined]) expect(parseToolInput(text)).toEqual({ input: {} });
  });

  it("keeps what is not JSON as it is", () => {
    for (const text of ['{"a":', "{a:1}", "{} {}"])
      expect(parseToolInput(text)).toEqual({ input: undefined, inputText: text });
  });

  it("does not let arguments reach a prototype", () => {
    const { input } = parseToolInput('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(Object.keys(input as object)).toEqual(["__proto__", "constructor"]);
  });

  it.each(['{"a":[1,{"b":null}]}', "{}", "{broken", '"text"', "[1]"])("gives %s back as text", (text) => {
    expect(toolInputText(parseToolInput(text))).toBe(text);
  });
});
