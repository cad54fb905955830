import type { ToolCallPart } from "@llmux/core";
import { expect, it } from "vitest";
import { runTool } from "./tools.js";

const call = (name: string, input: unknown, inputText?: string): ToolCallPart => ({
  type: "tool-call",
  id: "1",
  name,
  input,
  inputText,
});

it("runs a call", () => {
  expect(runTool(call("calculate", { left: 6, operator: "*", right: 7 }))).toEqual({
    type: "tool-result",
    toolCallId: "1",
    toolName: "calculate",
    output: 42,
  });
  expect(runTool(call("current_time", { timeZone: "Europe/Lisbon" })).output).toMatch(/\d{4}/);
});

it.each([
  [call("nothing", {}), "there is no tool"],
  [call("calculate", { left: 1, operator: "constructor", right: 2 }), "expected two numbers"],
  [call("calculate", undefined, "{broken"), "{broken"],
  [call("current_time", { timeZone: "Mars/Olympus" }), "Mars/Olympus"],
])("tells the model what went wrong", (part, words) => {
  const { output, isError } = runTool(part);
  expect(isError).toBe(true);
  expect(output).toContain(words);
});
