import type { AdapterEvent } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { ConverseStream } from "./converse-stream.js";
import { fromConverse } from "./from-converse.js";

/** The events that these blocks are streamed as make the parts that they make at once. */
function run(events: readonly (readonly [string, Record<string, unknown>])[], outputTool?: string): AdapterEvent[] {
  const stream = new ConverseStream({}, outputTool);
  const out: AdapterEvent[] = [];
  for (const [name, payload] of events) stream.take(name, payload, out);
  return out;
}
const at = (contentBlockIndex: number, delta: object) => ["contentBlockDelta", { contentBlockIndex, delta }] as const;
const end = (contentBlockIndex: number) => ["contentBlockStop", { contentBlockIndex }] as const;
const STOP = ["messageStop", { stopReason: "end_turn" }] as const;
const METADATA = ["metadata", { usage: { inputTokens: 1 } }] as const;

describe("ConverseStream", () => {
  it("ends once, whichever of its last two events comes first, and ends what is still open", () => {
    for (const last of [
      [STOP, METADATA],
      [METADATA, STOP],
    ]) {
      const events = run([at(0, { text: "Hi" }), ...last, METADATA]);
      expect(events.map(({ type }) => type)).toEqual(["start", "text-start", "text-delta", "text-end", "finish"]);
    }
  });

  it("keeps apart blocks that overlap, and takes a block that ends twice", () => {
    const tool = (index: number, toolUseId: string) =>
      ["contentBlockStart", { contentBlockIndex: index, start: { toolUse: { toolUseId, name: "add" } } }] as const;
    const events = run([
      tool(0, "a"),
      tool(1, "b"),
      at(1, { toolUse: { input: '{"x":' } }),
      at(0, { toolUse: { input: "{}" } }),
      at(1, { toolUse: { input: "1}" } }),
      end(0),
      end(0),
      end(1),
      STOP,
      METADATA,
    ]);
    expect(events.filter(({ type }) => type === "tool-call")).toEqual([
      { type: "tool-call", id: "a", name: "add", input: {} },
      { type: "tool-call", id: "b", name: "add", input: { x: 1 } },
    ]);
  });

  it("joins sealed reasoning that comes in pieces, and keeps a seal without words", () => {
    const seal = (text: string) => ({ reasoningContent: { redactedContent: Buffer.from(text).toString("base64") } });
    const events = run([at(0, seal("ab")), at(0, seal("cd")), end(0), at(1, { reasoningContent: { signature: "s" } })]);
    const sealed = events.find(({ type }) => type === "reasoning-end") as { redacted?: string };
    expect(Buffer.from(sealed.redacted ?? "", "base64").toString()).toBe("abcd");
    expect(run([at(1, { reasoningContent: { signature: "s" } }), end(1)]).at(-1)).toMatchObject({ signature: "s" });
  });

  it("gives the arguments of the output tool as text", () => {
    const start = { toolUse: { toolUseId: "t", name: "output" } };
    const events = run(
      [
        ["contentBlockStart", { contentBlockIndex: 0, start }],
        at(0, { toolUse: { input: '{"a":1}' } }),
        ["messageStop", { stopReason: "tool_use" }],
        METADATA,
      ],
      "output",
    );
    expect(events.map(({ type }) => type)).toEqual(["start", "text-start", "text-delta", "text-end", "finish"]);
    expect(events.at(-1)).toMatchObject({ finishReason: { unified: "stop", raw: "tool_use" } });
  });

  it("gives images as the whole reply does", async () => {
    const events = run([
      ["contentBlockStart", { contentBlockIndex: 0, start: { image: { format: "png" } } }],
      at(0, { image: { source: { bytes: "AAAA" } } }),
      end(0),
    ]);
    const image = { type: "image", data: "AAAA", mediaType: "image/png" };
    expect(events.at(-1)).toEqual(image);
    const blocks = [{ image: { format: "png", source: { bytes: "AAAA" } } }];
    expect((await fromConverse({ output: { message: { content: blocks } } })).content).toEqual([image]);
  });

  it("passes over what it does not know", () => {
    expect(run([["inventedTomorrow", { a: 1 }], at(0, { inventedToo: {} }), STOP, METADATA]).length).toBe(2);
  });
});

describe("a whole reply", () => {
  it("leaves out blocks that say nothing, and keeps what only Bedrock understands", async () => {
    const invented = { inventedTomorrow: { a: 1 } };
    const content = [{ text: "" }, { reasoningContent: { reasoningText: { text: "" } } }, invented];
    expect((await fromConverse({ output: { message: { content } } })).content).toEqual([
      { type: "provider", provider: "bedrock", value: invented },
    ]);
  });

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["tool_use", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["guardrail_intervened", "content-filter"],
    ["content_filtered", "content-filter"],
    ["malformed_tool_use", "other"],
    [null, "other"],
  ])("ends with %s as %s", async (stopReason, unified) => {
    const { finishReason, usage } = await fromConverse({
      output: { message: { content: [] } },
      stopReason,
      usage: null,
    });
    expect(finishReason).toEqual({ unified, raw: stopReason ?? undefined });
    expect(usage.inputTokens).toEqual({ total: undefined, cacheRead: undefined, cacheWrite: undefined });
  });
});
