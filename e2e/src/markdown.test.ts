import { describe, expect, it } from "vitest";
import { assignments, codeBlocks, shellLines } from "./markdown.ts";

describe("codeBlocks", () => {
  it("gives language, flags, text and line of each", () => {
    const markdown = [
      "# A",
      "",
      "```ts throws",
      "a();",
      "",
      "b();",
      "```",
      "",
      "- item",
      "",
      "  ~~~",
      "  ```",
      "  ~~~",
    ];
    expect(codeBlocks(markdown.join("\n"))).toEqual([
      { language: "ts", flags: ["throws"], text: "a();\n\nb();", line: 4 },
      { language: "", flags: [], text: "```", line: 12 },
    ]);
  });

  it("refuses a block that is never closed", () => {
    expect(() => codeBlocks("```ts\na();\n")).toThrow("before line 2");
  });
});

describe("shellLines", () => {
  it("joins continued lines and leaves out comments and prompts", () => {
    expect(shellLines("# first\n$ npm install a \\\n  b # both\n\nurl=http://x/#y")).toEqual([
      "npm install a b",
      "url=http://x/#y",
    ]);
  });
});

describe("assignments", () => {
  it.each([
    ["export A=1 B='two words'", { A: "1", B: "two words" }, ""],
    ["A=1 chat models", { A: "1" }, "chat models"],
    ["npm start", {}, "npm start"],
    ["A=", { A: "" }, ""],
  ])("%s", (line, variables, command) => {
    expect(assignments(line)).toEqual({ variables, command });
  });
});
