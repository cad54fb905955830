import { isLLMError } from "@llmux/core";
import type { AdapterEvent } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { ChatDecoder } from "./chat-stream.js";
import { fromChat } from "./from-chat.js";
import type { WireHost } from "./host.js";

const reported = expect.objectContaining({ what: "reported" });
const host: WireHost = { provider: "openai" };

async function decode(
  deltas: object[],
  { on = host, finish = "stop" as string | null, done = true } = {},
): Promise<AdapterEvent[]> {
  const decoder = new ChatDecoder(on);
  for (const delta of deltas)
    await decoder.push(JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: null }] }));
  if (finish)
    await decoder.push(JSON.stringify({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: finish }] }));
  if (done) await decoder.push("[DONE]");
  decoder.end();
  return decoder.take();
}

const calls = async (deltas: object[]): Promise<object[]> =>
  (await decode(deltas)).filter(({ type }) => type === "tool-call");
const call = (piece: object): object => ({ tool_calls: [piece] });
const f = (id: string | undefined, name: string | undefined, args: unknown, index?: number): object =>
  call({
    ...(index !== undefined && { index }),
    ...(id && { id }),
    function: { ...(name && { name }), arguments: args },
  });

describe("streamed tool calls", () => {
  it.each([
    [
      "interleaved by index",
      [
        f("1", "a", "", 0),
        f("2", "b", "", 1),
        f(undefined, undefined, '{"x":', 0),
        f(undefined, undefined, "[]", 1),
        f(undefined, undefined, "1}", 0),
      ],
      [{ x: 1 }, []],
    ],
    ["without an index", [f("1", "a", '{"x":'), f("1", undefined, "1}"), f("2", "b", "[]")], [{ x: 1 }, []]],
    [
      "without an index or a further id",
      [f("1", "a", '{"x":'), f(undefined, undefined, "1}"), f("2", "b", "[]")],
      [{ x: 1 }, []],
    ],
    ["all under index 0", [f("1", "a", '{"x":1}', 0), f("2", "b", "[]", 0)], [{ x: 1 }, []]],
    [
      "id and name on every piece",
      [f("1", "a", '{"x":', 0), f("1", "a", "1}", 0), f("2", "b", "[]", 1)],
      [{ x: 1 }, []],
    ],
    [
      "several in one delta",
      [
        {
          tool_calls: [
            { index: 0, id: "1", function: { name: "a", arguments: '{"x":1}' } },
            { index: 1, id: "2", function: { name: "b", arguments: "[]" } },
          ],
        },
      ],
      [{ x: 1 }, []],
    ],
    ["arguments an object", [f("1", "a", { x: 1 }, 0), f("2", "b", [], 1)], [{ x: 1 }, []]],
    [
      "arguments before the name",
      [f("1", undefined, '{"x":', 0), f(undefined, "a", "1}", 0), f("2", "b", "[]", 1)],
      [{ x: 1 }, []],
    ],
  ])("%s", async (_, deltas, inputs) => {
    expect(await calls(deltas)).toEqual([
      { type: "tool-call", id: "1", name: "a", input: inputs[0] },
      { type: "tool-call", id: "2", name: "b", input: inputs[1] },
    ]);
  });

  it("without arguments have none, and without an id are given one", async () => {
    expect(await calls([f(undefined, "a", null, 0), f(undefined, "b", undefined, 1)])).toEqual([
      { type: "tool-call", id: "c_0", name: "a", input: {} },
      { type: "tool-call", id: "c_1", name: "b", input: {} },
    ]);
  });

  it("of custom tools are told apart", async () => {
    expect(
      await calls([
        call({ index: 0, id: "1", type: "custom", custom: { name: "x", input: "4 " } }),
        call({ index: 0, custom: { input: "+ 4" } }),
      ]),
    ).toEqual([
      {
        type: "tool-call",
        id: "1",
        name: "x",
        input: undefined,
        inputText: "4 + 4",
        providerMetadata: { openai: { type: "custom" } },
      },
    ]);
  });

  it("without a name are malformed", async () => {
    await expect(calls([f("1", undefined, "{}", 0)])).rejects.toEqual(
      expect.toSatisfy((error: unknown) => isLLMError(error, "malformed-response")),
    );
  });
});

describe("what ends a stream", () => {
  const text = [{ content: "a" }];
  const cut = expect.objectContaining({ what: "cut" });
  it("is [DONE] and nothing less, unless the host says otherwise", async () => {
    await expect(decode(text, { done: false })).rejects.toEqual(cut);
    const on: WireHost = { provider: "x", end: "finish-reason" };
    expect((await decode(text, { done: false, on })).at(-1)).toMatchObject({
      type: "finish",
      finishReason: { unified: "stop" },
    });
    await expect(decode(text, { done: false, on, finish: null })).rejects.toEqual(cut);
    await expect(decode(text, { done: false, on: { provider: "x", end: "usage" } })).rejects.toEqual(cut);
  });

  it("after [DONE] the end of the body says nothing more", async () => {
    const decoder = new ChatDecoder(host);
    await decoder.push("[DONE]");
    decoder.take();
    decoder.end();
    expect(decoder.take()).toEqual([]);
  });

  it("an error object in mid-stream is thrown, after what came before it", async () => {
    const decoder = new ChatDecoder(host);
    await decoder.push('{"choices":[{"delta":{"content":"a"}}]}');
    expect(() => decoder.push('{"error":{"code":"rate_limit_exceeded","message":"Slow"}}')).toThrow(reported);
    expect(decoder.take()).toHaveLength(2);
  });

  it("an error without the object around it is one too, also in place of an answer", async () => {
    const flat = { object: "error", message: "the engine died", type: "InternalServerError", param: null, code: 500 };
    const decoder = new ChatDecoder(host);
    await decoder.push('{"choices":[{"delta":{"content":"a"}}]}');
    expect(() => decoder.push(JSON.stringify(flat))).toThrow(reported);
    expect(() => fromChat(flat, host)).toThrow(
      expect.objectContaining({ kind: "server", message: "the engine died", code: "500" }),
    );
  });
});

describe("the rest of a delta", () => {
  it("reasoning under either name, though the other be there and empty", async () => {
    const [, event] = await decode([{ content: "", reasoning_content: "", reasoning: "hm" }]);
    expect(event).toMatchObject({ type: "reasoning-delta", delta: "hm" });
    const message = { content: "a", reasoning_content: "", reasoning: "hm" };
    expect(fromChat({ choices: [{ message }] }, host).content[0]).toEqual({ type: "reasoning", text: "hm" });
  });

  it("reasoning, parts, annotations, log probabilities", async () => {
    const annotation = {
      type: "url_citation",
      url_citation: { url: "https://x.org", title: "X", start_index: 0, end_index: 1 },
    };
    const decoder = new ChatDecoder(host);
    await decoder.push(
      JSON.stringify({ id: "c", system_fingerprint: "fp", choices: [{ delta: { reasoning: "hm" } }] }),
    );
    await decoder.push(
      JSON.stringify({
        id: "c",
        choices: [
          {
            delta: {
              content: [
                { type: "thinking", thinking: [{ text: "!" }] },
                { type: "text", text: "a" },
              ],
            },
            logprobs: { content: [1] },
          },
        ],
      }),
    );
    await decoder.push(
      JSON.stringify({
        id: "c",
        choices: [{ delta: { content: "b", annotations: [annotation] }, logprobs: { content: [2] } }],
      }),
    );
    await decoder.push("[DONE]");
    const events = decoder.take();
    expect(
      events.filter(({ type }) => type.endsWith("-delta")).map((event) => (event as { delta: string }).delta),
    ).toEqual(["hm", "!", "a", "b"]);
    expect(events.find(({ type }) => type === "text-end")).toMatchObject({
      citations: [{ url: "https://x.org", title: "X", start: 0, end: 1 }],
    });
    expect(events.at(-1)).toMatchObject({
      providerMetadata: { openai: { system_fingerprint: "fp", logprobs: { content: [1, 2] } } },
    });
  });

  it("audio comes whole, as in an answer that is not streamed", async () => {
    const bytes = Buffer.from("some sound");
    const pieces = [bytes.subarray(0, 4), bytes.subarray(4)].map((piece) => ({
      audio: { id: "a", data: piece.toString("base64") },
    }));
    const events = await decode([
      { audio: { id: "a", transcript: "so" } },
      ...pieces,
      { audio: { transcript: "und", expires_at: 9 } },
    ]);
    const whole = fromChat(
      {
        choices: [
          { message: { audio: { id: "a", data: bytes.toString("base64"), transcript: "sound", expires_at: 9 } } },
        ],
      },
      host,
    );
    expect(events.find(({ type }) => type === "audio")).toEqual(whole.content[0]);
  });
});

describe("totals", () => {
  it("hold reasoning, also for the hosts that count it apart", async () => {
    const usage = (raw: object): object =>
      fromChat({ choices: [{ message: { content: "a" } }], usage: raw }, host).usage.outputTokens;
    const completion_tokens_details = { reasoning_tokens: 5 };
    expect(usage({ prompt_tokens: 1, completion_tokens: 7, total_tokens: 8, completion_tokens_details })).toEqual({
      total: 7,
      reasoning: 5,
    });
    expect(usage({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 8, completion_tokens_details })).toEqual({
      total: 7,
      reasoning: 5,
    });
    // Without a total that adds up, a part that is greater than its whole says it.
    expect(usage({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, completion_tokens_details })).toEqual({
      total: 7,
      reasoning: 5,
    });
  });

  it("hold what the cache held, also where it is more than the prompt's own count", () => {
    const input = (prompt_tokens: number): object =>
      fromChat(
        {
          choices: [{ message: { content: "a" } }],
          usage: { prompt_tokens, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 161 } },
        },
        host,
      ).usage.inputTokens;
    expect(input(7)).toMatchObject({ total: 168, cacheRead: 161 });
    expect(input(200)).toMatchObject({ total: 200, cacheRead: 161 });
  });

  it("are unknown where the details, or all of them, are null", () => {
    const nulls = {
      prompt_tokens: 1,
      completion_tokens: 2,
      prompt_tokens_details: null,
      completion_tokens_details: null,
    };
    for (const usage of [nulls, null]) {
      const { inputTokens, outputTokens } = fromChat({ choices: [{ message: {} }], usage }, host).usage;
      expect([inputTokens.total, outputTokens.total]).toEqual(usage ? [1, 2] : [undefined, undefined]);
      expect([inputTokens.cacheRead, inputTokens.cacheWrite, outputTokens.reasoning]).toEqual(Array(3).fill(undefined));
    }
  });
});
