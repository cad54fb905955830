import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AdapterEvent } from "./adapter-backend.js";
import { EventBuilder } from "./event-builder.js";
import { STOP, USAGE } from "./testing/fakes.js";
import { ToolCallBuilder } from "./tool-call-builder.js";

type Step =
  | { do: "text" | "reasoning" | "refusal"; delta: string }
  | { do: "endReasoning" | "endBlock" | "take" }
  | { do: "toolStart" | "toolEnd"; key: number }
  | { do: "toolDelta"; key: number; delta: string }
  | { do: "toolCall"; value: number };

const key = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("text" as const, "reasoning" as const, "refusal" as const), delta: fc.string() }),
  fc.record({ do: fc.constantFrom("endReasoning" as const, "endBlock" as const, "take" as const) }),
  fc.record({ do: fc.constantFrom("toolStart" as const, "toolEnd" as const), key }),
  fc.record({ do: fc.constant("toolDelta" as const), key, delta: fc.string() }),
  fc.record({ do: fc.constant("toolCall" as const), value: fc.nat() }),
);

function build(steps: readonly Step[]): AdapterEvent[] {
  const builder = new EventBuilder();
  const tools = new ToolCallBuilder(builder);
  const all: AdapterEvent[] = [];
  let calls = 0;
  for (const one of steps) {
    switch (one.do) {
      case "take":
        all.push(...builder.take());
        break;
      case "endReasoning":
        builder.endReasoning({ signature: "s" });
        break;
      case "endBlock":
        builder.endBlock();
        break;
      case "toolStart":
        tools.start(one.key, `call-${calls++}`, "tool");
        break;
      case "toolEnd":
        tools.end(one.key);
        break;
      case "toolDelta":
        tools.delta(one.key, one.delta);
        break;
      case "toolCall":
        tools.whole({ type: "tool-call", id: `call-${calls++}`, name: "tool", input: one.value });
        break;
      default:
        builder[one.do](one.delta);
    }
  }
  tools.endAll();
  builder.finish({ finishReason: STOP, usage: USAGE });
  all.push(...builder.take());
  expect(builder.take()).toEqual([]);
  return all;
}

const BLOCK = /^(text|reasoning|refusal|tool-input)-(start|delta|end)$/;

describe("EventBuilder", () => {
  it("makes well-formed events of any deltas", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const open = new Map<string, string>();
        const used = new Set<string>();
        const events = build(steps);
        for (const event of events) {
          const [, kind, what] = BLOCK.exec(event.type) ?? [];
          if (!kind) continue;
          const { id } = event as { id: string };
          if (what === "start") {
            expect(used.has(id)).toBe(false);
            used.add(id);
            open.set(id, kind);
            // A tool's input may go on beside other blocks, but begins only when they have ended.
            expect([...open.values()].filter((other) => other !== "tool-input")).toEqual(
              kind === "tool-input" ? [] : [kind],
            );
          } else {
            expect(open.get(id)).toBe(kind);
            if (what === "end") open.delete(id);
            else expect((event as { delta: string }).delta).not.toBe("");
          }
        }
        expect(open.size).toBe(0);
        expect(events.at(-1)?.type).toBe("finish");
        expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps every piece of text, in order, and every tool's arguments", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const events = build(steps);
        for (const kind of ["text", "reasoning", "refusal"] as const) {
          const given = steps.map((one) => (one.do === kind ? one.delta : "")).join("");
          expect(
            events.map((event) => (event.type === `${kind}-delta` ? (event as { delta: string }).delta : "")).join(""),
          ).toBe(given);
        }
        for (const event of events) {
          if (event.type !== "tool-call") continue;
          const text = events
            .map((other) => (other.type === "tool-input-delta" && other.id === event.id ? other.delta : ""))
            .join("");
          if (event.inputText !== undefined) expect(event.inputText).toBe(text);
          else expect(event.input).toEqual(text.trim() === "" ? {} : JSON.parse(text));
        }
        const started = events.filter(({ type }) => type === "tool-input-start").length;
        expect(events.filter(({ type }) => type === "tool-call")).toHaveLength(started);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps parallel tool calls apart", () => {
    const builder = new EventBuilder();
    const tools = new ToolCallBuilder(builder);
    tools.start(0, "a", "one");
    tools.start(1, "b", "two", { acme: { sealed: true } });
    tools.delta(0, '{"x":');
    tools.delta(1, '{"y":2}');
    tools.delta(0, "1}");
    tools.endAll();
    expect(builder.take().filter(({ type }) => type === "tool-call")).toEqual([
      { type: "tool-call", id: "a", name: "one", input: { x: 1 } },
      { type: "tool-call", id: "b", name: "two", input: { y: 2 }, providerMetadata: { acme: { sealed: true } } },
    ]);
  });

  it("lets the wire's whole arguments win over the pieces", () => {
    const builder = new EventBuilder();
    const tools = new ToolCallBuilder(builder);
    tools.start("k", "a", "one");
    tools.delta("k", '{"x":');
    tools.end("k", '{"x":3}');
    expect(builder.take().at(-1)).toEqual({ type: "tool-call", id: "a", name: "one", input: { x: 3 } });
  });

  it("seals reasoning, also where none was shown, and cites at a text's end", () => {
    const builder = new EventBuilder();
    builder.text("T");
    builder.endBlock({ citations: [{ url: "https://x.test" }] });
    builder.endReasoning({ redacted: "opaque" });
    expect(builder.take()).toEqual([
      { type: "text-start", id: "text-0" },
      { type: "text-delta", id: "text-0", delta: "T" },
      { type: "text-end", id: "text-0", citations: [{ url: "https://x.test" }] },
      { type: "reasoning-start", id: "reasoning-1" },
      { type: "reasoning-end", id: "reasoning-1", redacted: "opaque" },
    ]);
  });
});
