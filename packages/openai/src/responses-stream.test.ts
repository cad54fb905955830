import { collect, type GenerateResult, type StreamEvent } from "@llmux/core";
import { isLLMError, type LLMError } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { ResponsesDecoder } from "./responses-stream.js";

const usage = {
  input_tokens: 1,
  input_tokens_details: {},
  output_tokens: 2,
  output_tokens_details: {},
  total_tokens: 3,
};
const response = { id: "resp_1", model: "gpt-x", created_at: 1, status: "completed", error: null, output: [], usage };
const completed = { type: "response.completed", response };
const message = { type: "message", id: "msg_1", role: "assistant", status: "completed" };

/** Feeds events (objects, or text as it stands), one batch an event. */
async function* decode(...events: (object | string)[]): AsyncGenerator<StreamEvent> {
  yield { type: "start", provider: "openai", model: "m", warnings: [], response: {} };
  const decoder = new ResponsesDecoder({ provider: "openai" });
  for (const event of events) {
    try {
      decoder.push(typeof event === "string" ? event : JSON.stringify(event));
    } finally {
      yield* decoder.take() as StreamEvent[];
    }
  }
  decoder.end();
}

async function failure(...events: (object | string)[]): Promise<LLMError> {
  try {
    await collect(decode(...events));
  } catch (error) {
    if (isLLMError(error)) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

async function types(...events: (object | string)[]): Promise<string[]> {
  const result: string[] = [];
  for await (const event of decode(...events)) result.push("id" in event ? `${event.type} ${event.id}` : event.type);
  return result;
}

const text = (delta: string, at: object = { output_index: 0, item_id: "msg_1", content_index: 0 }): object => ({
  type: "response.output_text.delta",
  delta,
  ...at,
});
const content = (...texts: string[]): object[] =>
  texts.map((words) => ({ type: "output_text", text: words, annotations: [] }));
const call = (index: number, args: string, more: object = {}): { [key: string]: unknown } => ({
  type: "function_call",
  id: `fc_${index}`,
  call_id: `call_${index}`,
  name: `tool${index}`,
  arguments: args,
  status: "completed",
  ...more,
});

describe("the end of a stream", () => {
  it("is an error without an end marker, [DONE] or not", async () => {
    for (const tail of [[], ["[DONE]"], [{ type: "response.output_text.done", output_index: 0, text: "Hi" }]]) {
      const error = await failure(text("Hi"), ...tail);
      expect(error.kind).toBe("connection");
      expect(error.retryable).toBe(true);
      expect(error.partial?.text).toBe("Hi");
    }
  });

  it("is over with its end marker, whatever follows", async () => {
    const result = await collect(
      decode(text("Hi"), completed, "[DONE]", "garbage", { type: "error", message: "late" }),
    );
    expect(result.text).toBe("Hi");
    expect(result.response).toEqual({ id: "resp_1", model: "gpt-x", createdAt: new Date(1000) });
  });

  it("takes an event that is cut off for a cut stream, and one that is followed for garbage", async () => {
    expect((await failure(text("Hi"), '{"type":"response.outp')).kind).toBe("connection");
    const garbage = await failure(text("Hi"), "<html>", text("!"));
    expect(garbage.kind).toBe("malformed-response");
    expect(garbage.text).toBe("<html>");
    expect(garbage.partial?.text).toBe("Hi");
  });

  it.each([
    "null",
    "7",
    '{"type":"response.output_item.done"}',
    '{"type":"response.completed"}',
    '{"type":"response.output_text.delta"}',
  ])("tells %s for malformed", async (data) => {
    expect((await failure(data)).kind).toBe("malformed-response");
  });

  it("says how it ended", async () => {
    const incomplete = (reason: string): object => ({
      type: "response.incomplete",
      response: { ...response, status: "incomplete", incomplete_details: { reason } },
    });
    const finish = async (end: object): Promise<unknown> => (await collect(decode(text("Hi"), end))).finishReason;
    expect(await finish(completed)).toEqual({ unified: "stop", raw: "completed" });
    expect(await finish(incomplete("max_output_tokens"))).toEqual({ unified: "length", raw: "max_output_tokens" });
    expect(await finish(incomplete("content_filter"))).toEqual({ unified: "content-filter", raw: "content_filter" });
    expect(await finish(incomplete("steered"))).toEqual({ unified: "other", raw: "steered" });
  });
});

describe("errors in mid-stream", () => {
  const quota = { code: "insufficient_quota", message: "You exceeded your current quota", param: null };

  it.each([
    { type: "error", ...quota, sequence_number: 3 },
    { type: "error", error: { type: "insufficient_quota", ...quota } },
    { error: { type: "insufficient_quota", ...quota } },
    { type: "response.failed", response: { ...response, status: "failed", error: quota } },
  ])("are thrown: %j", async (event) => {
    const error = await failure(text("Hal"), text("lo"), event);
    expect(error.kind).toBe("quota-exceeded");
    expect(error.code).toBe("insufficient_quota");
    expect(error.message).toContain("You exceeded your current quota");
    expect(error.partial?.text).toBe("Hallo");
  });

  it("are thrown where a failed response says nothing", async () => {
    const error = await failure({ type: "response.failed", response: { ...response, status: "failed", error: null } });
    expect(error.kind).toBe("server");
    expect(error.retryable).toBe(true);
  });
});

describe("text", () => {
  it("comes in one block, with what its item says of it at the end", async () => {
    const done = {
      type: "response.output_item.done",
      output_index: 0,
      item: { ...message, phase: "final_answer", content: content("Hallo") },
    };
    expect(await types(text("Hal"), text(""), text("lo"), done, completed)).toEqual([
      "start",
      "text-start text-0",
      "text-delta text-0",
      "text-delta text-0",
      "text-end text-0",
      "finish",
    ]);
    const { content: parts } = await collect(decode(text("Hal"), text("lo"), done, completed));
    expect(parts).toEqual([
      {
        type: "text",
        text: "Hallo",
        providerMetadata: { openai: { id: "msg_1", status: "completed", phase: "final_answer" } },
      },
    ]);
  });

  it("is made whole from what says it is done", async () => {
    const item = { ...message, content: content("Hallo") };
    const ways: object[][] = [
      [text("Ha"), { type: "response.output_text.done", output_index: 0, content_index: 0, text: "Hallo" }],
      [text("Ha"), { type: "response.output_item.done", output_index: 0, item }],
      [{ type: "response.output_item.done", output_index: 0, item }],
      [{ type: "response.output_item.added", output_index: 0, item: { ...message, content: [] } }, text("Hallo")],
      [text("Hallo", {})],
      [text("Hal", { item_id: "msg_1" }), text("lo", { item_id: "msg_1" })],
    ];
    for (const way of ways) expect((await collect(decode(...way, completed))).text).toBe("Hallo");
    const final = { ...completed, response: { ...response, output: [item] } };
    expect((await collect(decode(final))).text).toBe("Hallo");
    expect((await collect(decode(text("Hal"), final))).text).toBe("Hallo");
  });

  it("is kept as it was handed over where the end says otherwise", async () => {
    const item = { ...message, content: content("Something else") };
    const result = await collect(
      decode(text("Hi"), { type: "response.output_item.done", output_index: 0, item }, completed),
    );
    expect(result.text).toBe("Hi");
  });

  it("keeps annotations that came as events alone", async () => {
    const annotation = { type: "url_citation", url: "https://a.test/", title: "A", start_index: 0, end_index: 2 };
    const added = { type: "response.output_text.annotation.added", output_index: 0, content_index: 0, annotation };
    const { content: parts } = await collect(decode(text("Hi there"), added, completed));
    expect(parts[0]).toMatchObject({
      citations: [{ url: "https://a.test/", title: "A", text: "Hi", start: 0, end: 2, raw: annotation }],
    });
  });

  it("keeps several texts of one message, and several messages, apart", async () => {
    const at = (output_index: number, content_index: number): object => ({ output_index, content_index });
    const result = await collect(
      decode(text("a", at(0, 0)), text("b", at(0, 1)), text("c", at(1, 0)), text("d", at(1, 0)), completed),
    );
    expect(result.content.map((part) => (part as { text: string }).text)).toEqual(["a", "b", "cd"]);
  });

  it("survives hosts that number all items alike", async () => {
    const item = (id: string, words: string): object => ({ ...message, id, content: content(words) });
    const done = (id: string, words: string): object[] => [
      { type: "response.output_item.added", output_index: 0, item: { ...message, id, content: [] } },
      text(words, { output_index: 0, content_index: 0, item_id: id }),
      { type: "response.output_item.done", output_index: 0, item: item(id, words) },
    ];
    const final = { ...completed, response: { ...response, output: [item("a", "one"), item("b", "two")] } };
    const result = await collect(decode(...done("a", "one"), ...done("b", "two"), final));
    expect(result.text).toBe("onetwo");
    const unfinished = [...done("a", "one").slice(0, 2), ...done("b", "two").slice(0, 2)];
    const { content: parts } = await collect(decode(...unfinished, completed));
    expect(parts.map((part) => (part as { text: string }).text)).toEqual(["one", "two"]);
  });
});

describe("reasoning", () => {
  const delta = (index: number, words: string): object => ({
    type: "response.reasoning_summary_text.delta",
    output_index: 0,
    summary_index: index,
    delta: words,
  });
  const item = {
    type: "reasoning",
    id: "rs_1",
    summary: [
      { type: "summary_text", text: "First." },
      { type: "summary_text", text: "Then." },
    ],
    encrypted_content: "sealed",
  };
  const done = { type: "response.output_item.done", output_index: 0, item };
  const parts = [
    { type: "reasoning", text: "First.", id: "rs_1", providerMetadata: { openai: { kind: "summary_text" } } },
    {
      type: "reasoning",
      text: "Then.",
      id: "rs_1",
      redacted: "sealed",
      providerMetadata: { openai: { kind: "summary_text" } },
    },
  ];

  it("is a part a summary, one ended before the next, the last one sealed", async () => {
    const announced = {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...item, summary: [], encrypted_content: "early" },
    };
    const events = [announced, delta(0, "First"), delta(0, "."), delta(1, "Then."), done, completed];
    expect(await types(...events)).toEqual([
      "start",
      "reasoning-start reasoning-0",
      "reasoning-delta reasoning-0",
      "reasoning-delta reasoning-0",
      "reasoning-end reasoning-0",
      "reasoning-start reasoning-1",
      "reasoning-delta reasoning-1",
      "reasoning-end reasoning-1",
      "finish",
    ]);
    const sealed = parts.map((part) => ({ ...part, provider: "openai" }));
    expect((await collect(decode(...events))).content).toEqual(sealed);
    expect((await collect(decode(done, completed))).content).toEqual(sealed);
  });

  it("is an empty part with its seal where nothing of it is shown", async () => {
    const hidden = { ...done, item: { ...item, summary: [] } };
    const result = await collect(decode(hidden, completed));
    expect(result.content).toEqual([
      {
        type: "reasoning",
        text: "",
        id: "rs_1",
        redacted: "sealed",
        provider: "openai",
        providerMetadata: { openai: {} },
      },
    ]);
    expect(result.reasoning).toBeUndefined();
  });
});

describe("tool calls", () => {
  const added = (index: number, more: object = {}): object => ({
    type: "response.output_item.added",
    output_index: index,
    item: { ...call(index, ""), status: "in_progress", ...more },
  });
  const delta = (index: number, words: string): object => ({
    type: "response.function_call_arguments.delta",
    output_index: index,
    item_id: `fc_${index}`,
    delta: words,
  });
  const done = (index: number, args: string): object => ({
    type: "response.output_item.done",
    output_index: index,
    item: call(index, args),
  });
  const inputs = (result: GenerateResult): unknown[] =>
    result.toolCalls.map(({ id, name, input }) => [id, name, input]);

  it("stream their arguments and then come whole", async () => {
    expect(await types(added(0), delta(0, '{"a"'), delta(0, ":1}"), done(0, '{"a":1}'), completed)).toEqual([
      "start",
      "tool-input-start call_0",
      "tool-input-delta call_0",
      "tool-input-delta call_0",
      "tool-input-end call_0",
      "tool-call call_0",
      "finish",
    ]);
  });

  it("are the same however much of them is streamed", async () => {
    const ways: object[][] = [
      [added(0), delta(0, '{"a":1}'), done(0, '{"a":1}')],
      [added(0), done(0, '{"a":1}')],
      [done(0, '{"a":1}')],
      [
        added(0),
        delta(0, '{"a"'),
        { type: "response.function_call_arguments.done", output_index: 0, arguments: '{"a":1}' },
      ],
      [added(0), delta(0, '{"a":1}')],
      [added(0, { name: "", call_id: undefined }), delta(0, '{"a"'), done(0, '{"a":1}')],
      [delta(0, '{"a"'), delta(0, ":1}"), done(0, '{"a":1}')],
    ];
    for (const way of ways) {
      let streamed = "";
      const seen: string[] = [];
      for await (const event of decode(...way, completed)) {
        if (event.type === "tool-input-delta") streamed += event.delta;
        if (event.type.startsWith("tool")) seen.push(event.type);
      }
      expect(streamed).toBe('{"a":1}');
      expect(seen[0]).toBe("tool-input-start");
      expect(seen.slice(-2)).toEqual(["tool-input-end", "tool-call"]);
      const result = await collect(decode(...way, completed));
      expect(inputs(result)).toEqual([["call_0", "tool0", { a: 1 }]]);
      expect(result.finishReason.unified).toBe("tool-calls");
    }
  });

  it("come in the order of the output, whichever is done first", async () => {
    const events = [
      added(0),
      added(1),
      delta(1, '{"b":'),
      delta(0, '{"a":'),
      delta(1, "2}"),
      done(1, '{"b":2}'),
      delta(0, "1}"),
      done(0, '{"a":1}'),
    ];
    expect(inputs(await collect(decode(...events, completed)))).toEqual([
      ["call_0", "tool0", { a: 1 }],
      ["call_1", "tool1", { b: 2 }],
    ]);
  });

  it("that were cut off keep what the model wrote", async () => {
    const cut = {
      ...completed,
      type: "response.incomplete",
      response: { ...response, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    };
    const result = await collect(decode(added(0), delta(0, '{"a'), cut));
    expect(result.toolCalls).toMatchObject([{ id: "call_0", input: undefined, inputText: '{"a' }]);
    expect(result.finishReason.unified).toBe("length");
  });

  it("of custom tools hold free text", async () => {
    const item = { type: "custom_tool_call", id: "ct_1", call_id: "call_1", name: "sql", input: "SELECT 1" };
    const events = [
      { type: "response.output_item.added", output_index: 0, item: { ...item, input: "" } },
      { type: "response.custom_tool_call_input.delta", output_index: 0, delta: "SELECT" },
      { type: "response.custom_tool_call_input.done", output_index: 0, input: "SELECT 1" },
      { type: "response.output_item.done", output_index: 0, item },
    ];
    expect((await collect(decode(...events, completed))).content).toEqual([
      {
        type: "tool-call",
        id: "call_1",
        name: "sql",
        input: undefined,
        inputText: "SELECT 1",
        providerMetadata: { openai: { id: "ct_1", type: "custom_tool_call" } },
      },
    ]);
  });
});

describe("what else comes", () => {
  it("is kept whole where it is an item, and passed over where it is progress or unknown", async () => {
    const search = { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "x" } };
    const events = [
      { type: "response.created", response: { ...response, status: "in_progress" } },
      { type: "response.queued", response: { ...response, status: "queued" } },
      { type: "response.output_item.added", output_index: 0, item: { ...search, status: "in_progress" } },
      { type: "response.web_search_call.searching", output_index: 0, item_id: "ws_1" },
      { type: "response.never_heard_of", output_index: 0, delta: 7 },
      { type: "keepalive" },
      {},
      { type: "response.output_item.done", output_index: 0, item: search },
      text("Found", { output_index: 1, content_index: 0 }),
    ];
    const result = await collect(decode(...events, completed));
    expect(result.content[0]).toEqual({ type: "provider", provider: "openai", value: search });
    expect(result.text).toBe("Found");
    expect(result.finishReason.unified).toBe("stop");
  });
});
