import type { AdapterMessage, CallContext } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { toHistory } from "./to-history.js";

const refusals: string[] = [];
const context: CallContext = {
  signal: new AbortController().signal,
  abortable: true,
  warn: () => undefined,
  unsupported: (parameter) => void refusals.push(parameter),
};
const text = (value: string) => [{ type: "text" as const, text: value }];
const call = (id: string, input: unknown = { a: 1 }) => ({ type: "tool-call" as const, id, name: "add", input });
const result = (toolCallId: string, output: string) => ({ type: "tool-result" as const, toolCallId, output });
const user: AdapterMessage = { role: "user", content: text("Hi") };

describe("toHistory", () => {
  it("makes one turn of a call, its result and what is said after it", () => {
    const messages: AdapterMessage[] = [
      { role: "system", content: text("Be brief.") },
      user,
      {
        role: "assistant",
        content: [{ type: "reasoning", text: "Hm" }, ...text("Let me see."), call("1"), call("2", { a: 2 })],
      },
      { role: "tool", content: [result("2", '{"sum":2}'), result("1", "one")] },
      { role: "assistant", content: text("Done.") },
    ];
    expect(toHistory(messages, context)).toEqual([
      { type: "system", text: "Be brief." },
      { type: "user", text: "Hi" },
      {
        type: "model",
        response: [
          { type: "segment", segmentType: "thought", text: "Hm", ended: true },
          "Let me see.",
          { type: "functionCall", name: "add", params: { a: 1 }, result: "one", startsNewChunk: true },
          { type: "functionCall", name: "add", params: { a: 2 }, result: { sum: 2 } },
          "Done.",
        ],
      },
    ]);
  });

  it("keeps arguments that are no JSON, and results that only look like JSON", () => {
    const broken = { ...call("1"), input: undefined, inputText: '{"a":' };
    const [, turn] = toHistory(
      [user, { role: "assistant", content: [broken] }, { role: "tool", content: [result("1", "{not json")] }],
      context,
    );
    expect(turn).toMatchObject({ response: [{ params: '{"a":', result: "{not json" }] });
  });

  it.each<[string, AdapterMessage[], RegExp]>([
    ["a call without a result", [user, { role: "assistant", content: [call("7")] }, user], /call 7 has no result/],
    ["a call without a result at the end", [user, { role: "assistant", content: [call("7")] }], /call 7 has no result/],
    ["a result without a call", [user, { role: "tool", content: [result("8", "")] }], /result of the call 8/],
  ])("refuses %s", (_, messages, message) => {
    expect(() => toHistory(messages, context)).toThrow(
      expect.objectContaining({ kind: "invalid-request", message: expect.stringMatching(message) }),
    );
  });

  it("refuses all that is no text, and goes on without it where it may", () => {
    refusals.length = 0;
    const data = new Uint8Array([1]);
    const history = toHistory(
      [
        { role: "user", content: [...text("See"), { type: "image", data }, { type: "audio", data }] },
        { role: "assistant", content: [{ type: "provider", provider: "acme", value: 1 }, ...text("Yes"), call("1")] },
        {
          role: "tool",
          content: [{ ...result("1", ""), output: [...text("a"), { type: "image", data }, ...text("b")] }],
        },
      ],
      context,
    );
    expect(refusals).toEqual(["image parts", "audio parts", "blocks of acme", "image parts"]);
    expect(history).toMatchObject([{ text: "See" }, { response: ["Yes", { result: "ab" }] }]);
  });
});
