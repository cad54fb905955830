import { describe, expect, it } from "vitest";
import { mask } from "./mask.js";

describe("mask", () => {
  it("shows the ends of a long key only", () => {
    expect(mask("sk-1234567890abcdef")).toBe("sk-***cdef");
    expect(mask("short-key")).toBe("***");
    expect(mask("")).toBe("***");
  });
});
