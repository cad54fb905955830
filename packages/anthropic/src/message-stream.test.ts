import { type AdapterEvent, readEventStream } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { errorFromBody } from "./errors.js";
import { MessageDecoder } from "./message-stream.js";

const sse = (events: unknown[]): string => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
const start = {
  type: "message_start",
  message: { id: "m", model: "c", content: [], usage: { input_tokens: 3, output_tokens: 1 } },
};
const block = (index: number, content_block: object) => ({ type: "content_block_start", index, content_block });
const delta = (index: number, body: object) => ({ type: "content_block_delta", index, delta: body });
const stop = (index: number) => ({ type: "content_block_stop", index });
const end = [
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { input_tokens: null, output_tokens: 9 } },
  { type: "message_stop" },
];

const decode = (body: ReadableStream<Uint8Array> | null, outputTool?: string) =>
  readEventStream(body, new MessageDecoder({}, outputTool), errorFromBody);

async function read(text: string, outputTool?: string): Promise<{ events: AdapterEvent[]; error: any }> {
  const events: AdapterEvent[] = [];
  try {
    for await (const batch of decode(new Response(text).body, outputTool)) events.push(...batch);
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

describe("MessageDecoder", () => {
  it("keeps counts that a later event leaves out or makes null", async () => {
    const { events } = await read(sse([start, ...end]));
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: { total: 3 }, outputTokens: { total: 9 } } });
  });

  it("ignores pings, events, blocks and deltas still to be invented, and keeps the blocks", async () => {
    const { events, error } = await read(
      sse([
        { type: "ping" },
        start,
        { type: "news" },
        block(0, { type: "hologram", depth: 3, text: "a" }),
        delta(0, { type: "hologram_delta", text: "b", light: 1 }),
        stop(0),
        block(1, { type: "text", text: "x" }),
        delta(1, { type: "sparkle_delta" }),
        stop(1),
        ...end,
      ]),
    );
    expect(error).toBeUndefined();
    const value = { type: "hologram", depth: 3, text: "ab", light: 1 };
    expect(events[1]).toEqual({ type: "provider", provider: "anthropic", value });
    expect(events.slice(2, 5)).toEqual([
      { type: "text-start", id: "text-1" },
      { type: "text-delta", id: "text-1", delta: "x" },
      { type: "text-end", id: "text-1" },
    ]);
  });

  it("collects citations", async () => {
    const citation = {
      type: "web_search_result_location",
      url: "https://x.test",
      title: "X",
      cited_text: "c",
      encrypted_index: "e",
    };
    const { events } = await read(
      sse([
        start,
        block(0, { type: "text", text: "" }),
        delta(0, { type: "citations_delta", citation }),
        stop(0),
        ...end,
      ]),
    );
    const citations = [{ url: "https://x.test", title: "X", text: "c", raw: citation }];
    expect(events[2]).toEqual({ type: "text-end", id: "text-0", citations });
  });

  it("takes arguments that came whole, none, and ones that are not JSON", async () => {
    const tool = (index: number, input: object) =>
      block(index, { type: "tool_use", id: `t${index}`, name: "f", input });
    const { events } = await read(
      sse([
        start,
        tool(0, { a: 1 }),
        stop(0),
        tool(1, {}),
        stop(1),
        tool(2, {}),
        delta(2, { type: "input_json_delta", partial_json: "{" }),
        stop(2),
        ...end,
      ]),
    );
    expect(events.filter(({ type }) => type === "tool-call")).toEqual([
      { type: "tool-call", id: "t0", name: "f", input: { a: 1 } },
      { type: "tool-call", id: "t1", name: "f", input: {} },
      { type: "tool-call", id: "t2", name: "f", input: undefined, inputText: "{" },
    ]);
  });

  it("makes the arguments of the output tool the reply", async () => {
    const { events } = await read(
      sse([
        start,
        block(0, { type: "tool_use", id: "t", name: "answer", input: {} }),
        delta(0, { type: "input_json_delta", partial_json: '{"n":1}' }),
        stop(0),
        ...end,
      ]),
      "answer",
    );
    expect(events.slice(1, 4).map((event) => (event as any).delta ?? event.type)).toEqual([
      "text-start",
      '{"n":1}',
      "text-end",
    ]);
    expect(events.at(-1)).toMatchObject({ finishReason: { unified: "stop", raw: "tool_use" } });
  });

  it("hands over what came before an error of the same piece", async () => {
    const failure = { type: "error", error: { type: "api_error", message: "Oops" }, request_id: "req_1" };
    const { events, error } = await read(
      sse([start, block(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: "half" }), failure]),
    );
    expect(events.at(-1)).toEqual({ type: "text-delta", id: "text-0", delta: "half" });
    expect(error).toMatchObject({
      kind: "server",
      message: "Oops",
      code: "api_error",
      requestId: "req_1",
      retryable: true,
    });
  });

  it.each([
    ["nothing at all", "", "cut"],
    ["half an event", `${sse([start])}data: {"type":"conte`, "cut"],
    ["garbage", `data: <html>\n\n${sse([start, ...end])}`, "malformed-response"],
    ["an event that is no object", `data: 5\n\n${sse([start, ...end])}`, "malformed-response"],
    ["null", `data: null\n\n${sse([start, ...end])}`, "malformed-response"],
    ["a beginning without a message", sse([{ type: "message_start" }, ...end]), "malformed-response"],
    [
      "a delta without a block",
      sse([start, delta(0, { type: "text_delta", text: "a" }), ...end]),
      "malformed-response",
    ],
    ["an end without a beginning", sse(end), "malformed-response"],
    ["no end", sse([start, end[0]]), "cut"],
  ])("throws on %s", async (_, text, kind) => {
    const { error } = await read(text);
    expect(error?.kind ?? error?.what).toBe(kind);
  });

  it("closes the blocks that the end finds open", async () => {
    const { events } = await read(sse([start, block(0, { type: "text", text: "a" }), ...end]));
    expect(events.map(({ type }) => type)).toEqual(["start", "text-start", "text-delta", "text-end", "finish"]);
  });

  it("takes a connection that breaks after the end marker for whole", async () => {
    const pieces = [new TextEncoder().encode(sse([start, ...end]))];
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift();
        if (piece) controller.enqueue(piece);
        else controller.error(new Error("terminated"));
      },
    });
    const events: AdapterEvent[] = [];
    for await (const batch of decode(broken)) events.push(...batch);
    expect(events.at(-1)?.type).toBe("finish");
  });

  it("reads nothing from what follows the end marker", async () => {
    const { events, error } = await read(sse([start, ...end, start, { type: "error", error: { type: "api_error" } }]));
    expect(error).toBeUndefined();
    expect(events.map(({ type }) => type)).toEqual(["start", "finish"]);
  });
});
