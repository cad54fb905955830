import { collect, type GenerateResult, type LLMBackend } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { mistral } from "./index.js";

/** What a backend makes of these deltas, streamed. */
async function read(...deltas: object[]): Promise<GenerateResult> {
  const lines = deltas.map((delta, index) => {
    const finish_reason = index === deltas.length - 1 ? "stop" : null;
    return `data: ${JSON.stringify({ id: "r1", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  });
  const body = `${lines.join("")}data: [DONE]\n\n`;
  const fetch = async () => new Response(body, { headers: { "content-type": "text/event-stream" } });
  const backend: LLMBackend = mistral({ apiKey: "k", fetch }).createBackend();
  return collect(backend.stream({ model: "m", messages: [{ role: "user", content: "Hi" }] }));
}
const content = async (...deltas: object[]) => (await read(...deltas)).content;
const text = (text: string) => ({ type: "text", text });
const thinking = (words: string, rest: object = {}) => ({ type: "thinking", thinking: [text(words)], ...rest });
const call = (name: string | undefined, args: string | object | undefined, rest: object = {}) => ({
  tool_calls: [
    { function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) }, ...rest },
  ],
});

describe("text", () => {
  it("may come as strings and as parts in turn", async () => {
    expect(await content({ content: "a" }, { content: [text("b")] }, { content: "c" })).toEqual([text("abc")]);
  });

  it("rests on references, which stand where they came", async () => {
    const reference = { type: "reference", reference_ids: [1, "x"] };
    const page = { type: "tool_reference", tool: "web_search", title: "T", url: "https://a.b" };
    expect(
      await content(
        { content: "Grü" },
        { content: [text("ß 🌍"), reference] },
        { content: [page, text("!")] },
        { content: "?" },
        { content: [reference, text(" End")] },
      ),
    ).toEqual([
      {
        ...text("Grüß 🌍!? End"),
        citations: [
          { start: 0, end: 7, raw: reference },
          { start: 0, end: 7, raw: page, title: "T", url: "https://a.b" },
          { start: 7, end: 9, raw: reference },
        ],
      },
    ]);
  });

  it("keeps pieces of kinds that are not known, and images", async () => {
    const file = { type: "tool_file", tool: "image_generation", file_id: "f1" };
    expect(
      await content({ content: [text("a"), file, { type: "image_url", image_url: "https://a.b/c" }, text("b")] }),
    ).toEqual([
      text("a"),
      { type: "provider", provider: "mistral", value: file },
      { type: "image", data: "https://a.b/c" },
      text("b"),
    ]);
  });
});

describe("reasoning", () => {
  it("ends where text begins, and is marked as Mistral's", async () => {
    expect(await content({ content: [thinking("a")] }, { content: [thinking("b")] }, { content: "c" })).toEqual([
      { type: "reasoning", text: "ab", providerMetadata: { mistral: { type: "thinking" } } },
      text("c"),
    ]);
  });

  it("keeps its seal, what it rests on, and one thought from the next", async () => {
    const reference = { type: "reference", reference_ids: [1] };
    expect(
      await content(
        { content: [{ type: "thinking", thinking: [text("a"), reference], signature: null }] },
        { content: [{ type: "thinking", thinking: [], signature: "s", closed: true }] },
        { content: [thinking("b")] },
      ),
    ).toEqual([
      {
        type: "reasoning",
        text: "a",
        signature: "s",
        provider: "mistral",
        providerMetadata: { mistral: { type: "thinking", thinking: [text("a"), reference], closed: true } },
      },
      { type: "reasoning", text: "b", providerMetadata: { mistral: { type: "thinking" } } },
    ]);
  });
});

describe("tool calls", () => {
  const calls = async (...deltas: object[]) =>
    (await read(...deltas)).toolCalls.map(({ id, name, input, inputText }) => [id, name, inputText ?? input]);

  it("come whole or in pieces, with an index or without", async () => {
    expect(
      await calls(
        call("f", "", { id: "aaaaaaaaa", index: 0 }),
        call("", '{"x"', { index: 0 }),
        call(undefined, ":1}", { index: 0 }),
        call("g", '{"y":2}', { id: "bbbbbbbbb", index: 1 }),
      ),
    ).toEqual([
      ["aaaaaaaaa", "f", { x: 1 }],
      ["bbbbbbbbb", "g", { y: 2 }],
    ]);
    expect(
      await calls(call("f", '{"x"', { id: "aaaaaaaaa" }), call(undefined, ":1}"), call("f", "{}", { id: "bbbbbbbbb" })),
    ).toEqual([
      ["aaaaaaaaa", "f", { x: 1 }],
      ["bbbbbbbbb", "f", {}],
    ]);
  });

  it("are told apart under one index, by their ids", async () => {
    expect(
      await calls(call("f", "{}", { id: "aaaaaaaaa", index: 0 }), call("f", '{"a":1}', { id: "bbbbbbbbb", index: 0 })),
    ).toEqual([
      ["aaaaaaaaa", "f", {}],
      ["bbbbbbbbb", "f", { a: 1 }],
    ]);
  });

  it("get an id where there is none, the same each time", async () => {
    const nameless = [call("f", {}), call("g", { z: 1 }, { id: "null" })];
    const made = await calls(...nameless);
    expect(made.map(([, ...rest]) => rest)).toEqual([
      ["f", {}],
      ["g", { z: 1 }],
    ]);
    for (const [id] of made) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(made[0]?.[0]).not.toBe(made[1]?.[0]);
    expect(await calls(...nameless)).toEqual(made);
  });

  it("keep arguments that are not JSON, and follow what was said before", async () => {
    const result = await read({ content: [thinking("a")] }, { content: "b" }, call("f", "{oops", { id: "aaaaaaaaa" }));
    expect(result.content.map(({ type }) => type)).toEqual(["reasoning", "text", "tool-call"]);
    expect(result.toolCalls[0]).toMatchObject({ input: undefined, inputText: "{oops" });
    expect(result.finishReason).toEqual({ unified: "tool-calls", raw: "stop" });
  });
});
