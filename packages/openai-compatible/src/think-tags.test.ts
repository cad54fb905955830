import { collect, type StreamEvent } from "@llmux/core";
import type { AdapterEvent } from "@llmux/core/adapter";
import { random } from "@llmux/test-support";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitThinking, ThinkingSplitter } from "./think-tags.js";

const finish: AdapterEvent = {
  type: "finish",
  finishReason: { unified: "stop", raw: "stop" },
  usage: {
    inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: undefined, reasoning: undefined },
  },
};

/** The events of a text that comes in these pieces, split. */
function split(pieces: readonly string[]): AdapterEvent[] {
  const splitter = new ThinkingSplitter();
  const events: AdapterEvent[] = [
    { type: "text-start", id: "text-0" },
    ...pieces.filter(Boolean).map((delta): AdapterEvent => ({ type: "text-delta", id: "text-0", delta })),
    { type: "text-end", id: "text-0" },
    finish,
  ];
  return events.flatMap((event) => splitter.push(event));
}

async function streamed(pieces: readonly string[]): Promise<readonly object[]> {
  async function* events(): AsyncGenerator<StreamEvent> {
    yield* split(pieces) as StreamEvent[];
  }
  return (await collect(events())).content;
}

const cases: [string, object[]][] = [
  [
    "<think>\nHm.\n</think>\n\nYes",
    [
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "Yes" },
    ],
  ],
  [
    "\n <think>Hm</think>Yes",
    [
      { type: "reasoning", text: "Hm" },
      { type: "text", text: "Yes" },
    ],
  ],
  ["<think>cut off", [{ type: "reasoning", text: "cut off" }]],
  ["<think>cut off </thi", [{ type: "reasoning", text: "cut off </thi" }]],
  ["<think>all of it</think>", [{ type: "reasoning", text: "all of it" }]],
  ["<think></think>Yes", [{ type: "text", text: "Yes" }]],
  ["<think>\n\n</think>\n\nYes", [{ type: "text", text: "Yes" }]],
  [
    "<think>a < b and </b></think>Yes",
    [
      { type: "reasoning", text: "a < b and </b>" },
      { type: "text", text: "Yes" },
    ],
  ],
  ["Not <think>here</think>", [{ type: "text", text: "Not <think>here</think>" }]],
  ["<thin ice>", [{ type: "text", text: "<thin ice>" }]],
  ["<think", [{ type: "text", text: "<think" }]],
  ["  Hi", [{ type: "text", text: "  Hi" }]],
  [
    "<think>a</think> b <think>c</think>",
    [
      { type: "reasoning", text: "a" },
      { type: "text", text: "b <think>c</think>" },
    ],
  ],
];

describe("thinking between tags", () => {
  it.each(cases)("%j, whole", (text, content) => {
    expect(splitThinking([{ type: "text", text }])).toEqual(content);
  });

  it.each(cases)("%j, letter by letter", async (text, content) => {
    expect(await streamed([...text])).toEqual(content);
  });

  it("gives the same however it is cut, in well-formed events", () => {
    const pieces = fc.array(fc.constantFrom("<think>", "</think>", "<", "/", "think>", "\n", " ", "a", "é", "</thin"), {
      maxLength: 14,
    });
    return fc.assert(
      fc.asyncProperty(pieces, fc.integer(), async (parts, seed) => {
        const text = parts.join("");
        const next = random(seed);
        const cut: string[] = [""];
        for (const letter of text) {
          if (next() < 0.4) cut.push("");
          cut[cut.length - 1] += letter;
        }
        const whole = splitThinking(text === "" ? [] : [{ type: "text", text }]);
        if (text !== "") expect(await streamed(cut)).toEqual(whole);
        const open = new Set<string>();
        for (const event of split(cut)) {
          const { type, id } = event as { type: string; id: string };
          if (type.endsWith("-start")) open.add(id);
          if (type.endsWith("-delta")) expect(open).toContain(id);
          if (type.endsWith("-end")) expect(open.delete(id)).toBe(true);
        }
        expect([...open]).toEqual([]);
      }),
    );
  });

  it("hands over words as they come, all but what may be a tag", () => {
    const splitter = new ThinkingSplitter();
    const push = (delta: string): AdapterEvent[] => splitter.push({ type: "text-delta", id: "t", delta });
    expect(push("<thi")).toEqual([]);
    expect(push("nk>Let me")).toEqual([
      { type: "reasoning-start", id: "think-t" },
      { type: "reasoning-delta", id: "think-t", delta: "Let me" },
    ]);
    expect(push(" see </th")).toEqual([{ type: "reasoning-delta", id: "think-t", delta: " see" }]);
    expect(push("ink>")).toEqual([{ type: "reasoning-end", id: "think-t" }]);
    expect(push("\n\nYes")).toEqual([
      { type: "text-start", id: "t" },
      { type: "text-delta", id: "t", delta: "Yes" },
    ]);
    expect(push(" <think>")).toEqual([{ type: "text-delta", id: "t", delta: " <think>" }]);
  });

  it("leaves other parts alone", () => {
    const call = { type: "tool-call" as const, id: "1", name: "f", input: {} };
    expect(splitThinking([call])).toEqual([call]);
    expect(
      splitThinking([{ type: "reasoning", text: "r" }, { type: "text", text: "<think>a</think>b" }, call]),
    ).toEqual([{ type: "reasoning", text: "r" }, { type: "reasoning", text: "a" }, { type: "text", text: "b" }, call]);
    const splitter = new ThinkingSplitter();
    expect(splitter.push({ type: "reasoning-start", id: "r" })).toEqual([{ type: "reasoning-start", id: "r" }]);
  });
});
