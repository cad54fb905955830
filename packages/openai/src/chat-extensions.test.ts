import { collect, type ProviderMetadata, type StreamEvent } from "@llmux/core";
import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { ChatDecoder } from "./chat-stream.js";
import { fromChat } from "./from-chat.js";
import type { WireHost } from "./host.js";
import { toChat } from "./to-chat.js";

const host: WireHost = { provider: "router" };

/** What a stream of these deltas is collected into. */
async function streamed(deltas: object[], on = host): Promise<Awaited<ReturnType<typeof collect>>> {
  const decoder = new ChatDecoder(on);
  for (const delta of deltas) await decoder.push(JSON.stringify({ id: "c", choices: [{ index: 0, delta }] }));
  await decoder.push(JSON.stringify({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }));
  await decoder.push("[DONE]");
  async function* events(): AsyncGenerator<StreamEvent> {
    yield* decoder.take() as StreamEvent[];
  }
  return collect(events());
}

const whole = (message: Record<string, unknown>): ReturnType<typeof fromChat>["content"] =>
  fromChat({ choices: [{ message, finish_reason: "stop" }] }, host).content;

const text = (words: string, more: object = {}): object => ({ type: "reasoning.text", text: words, index: 0, ...more });
const encrypted = { type: "reasoning.encrypted", data: "xyz", id: "rs_1", format: "openai-responses-v1", index: 0 };
const detailsOf = (details: object[]): ProviderMetadata => ({ router: { reasoning_details: details } });

describe("details of reasoning", () => {
  it("are put together over a stream, and belong to the reasoning before the text", async () => {
    const { content } = await streamed([
      { reasoning: "One", reasoning_details: [text("One")], content: "" },
      { reasoning: " two", reasoning_details: [text(" two")], content: "" },
      { reasoning_details: [text("", { signature: "sig", text: null })] },
      { content: "Hi" },
      { content: "!" },
    ]);
    expect(content).toEqual([
      { type: "reasoning", text: "One two", providerMetadata: detailsOf([text("One two", { signature: "sig" })]) },
      { type: "text", text: "Hi!" },
    ]);
  });

  it("give the same from a whole answer", () => {
    const details = [text("One two", { signature: "sig" })];
    expect(whole({ reasoning: "One two", reasoning_details: details, content: "Hi!" })).toEqual([
      { type: "reasoning", text: "One two", providerMetadata: detailsOf(details) },
      { type: "text", text: "Hi!" },
    ]);
  });

  it("are the reasoning where there are no other words for it", async () => {
    const summary = { type: "reasoning.summary", summary: "In short", index: 1 };
    expect(whole({ reasoning: null, reasoning_details: [encrypted, summary] })).toEqual([
      { type: "reasoning", text: "In short", providerMetadata: detailsOf([encrypted, summary]) },
    ]);
    const { reasoning } = await streamed([{ reasoning_details: [text("a")] }, { reasoning_details: [text("b")] }]);
    expect(reasoning).toBe("ab");
  });

  it("that are encrypted alone are kept, even after the text and beside it", async () => {
    const part = { type: "reasoning", text: "", providerMetadata: detailsOf([encrypted]) };
    expect(whole({ content: "Hi", reasoning_details: [encrypted] })).toEqual([part, { type: "text", text: "Hi" }]);
    expect((await streamed([{ content: "Hi" }, { reasoning_details: [encrypted] }])).content).toEqual([
      { type: "text", text: "Hi" },
      part,
    ]);
    expect((await streamed([{ content: "Hi", reasoning_details: [encrypted] }])).content).toEqual([
      part,
      { type: "text", text: "Hi" },
    ]);
  });

  it("of another block of reasoning are apart from those before", async () => {
    const { content } = await streamed([
      { reasoning_details: [text("a")] },
      { reasoning_details: [text("b", { index: 1 })] },
      { tool_calls: [{ index: 0, id: "t", function: { name: "f", arguments: "{}" } }] },
    ]);
    expect(content).toMatchObject([
      { type: "reasoning", text: "ab", providerMetadata: detailsOf([text("a"), text("b", { index: 1 })]) },
      { type: "tool-call", id: "t" },
    ]);
  });

  it("are sent back unchanged, and other reasoning in the host's own field", async () => {
    const request: AdapterRequest = {
      model: "m",
      messages: [
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "One", providerMetadata: detailsOf([text("One"), encrypted]) },
            { type: "text", text: "Hi" },
          ],
        },
        { role: "assistant", content: [{ type: "reasoning", text: "Bare" }] },
      ],
    };
    const context: CallContext = {
      signal: new AbortController().signal,
      abortable: true,
      warn: (warning) => expect.fail(warning.message),
      unsupported: (parameter) => expect.fail(parameter),
    };
    const { messages } = await toChat(request, context, { ...host, reasoning: "reasoning" });
    expect(messages).toEqual([
      { role: "assistant", content: "Hi", reasoning_details: [text("One"), encrypted] },
      { role: "assistant", content: "", reasoning: "Bare" },
    ]);
  });
});

describe("images that a model drew", () => {
  const images = [{ type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } }];
  const content = [
    { type: "text", text: "Here:" },
    { type: "image", data: "data:image/png;base64,iVBORw0KGgo=", mediaType: "image/png" },
  ];

  it("are parts of the answer, whole and streamed", async () => {
    expect(whole({ content: "Here:", images })).toEqual(content);
    expect((await streamed([{ content: "Here:" }, { content: "", images }])).content).toEqual(content);
    expect(whole({ content: "Here:", images: [{}, null].filter(Boolean) })).toEqual([content[0]]);
  });
});

describe("cache hints", () => {
  it("become cache_control for the hosts that take it", async () => {
    const context = { signal: new AbortController().signal, abortable: true, warn: () => {}, unsupported: () => {} };
    const request: AdapterRequest = {
      model: "m",
      messages: [
        { role: "system", content: [{ type: "text", text: "Long", cache: { ttl: "1h" } }] },
        { role: "user", content: [{ type: "text", text: "Hi", cache: true }] },
      ],
    };
    const { messages } = await toChat(request, context, { ...host, cacheControl: true });
    expect(messages).toEqual([
      { role: "system", content: [{ type: "text", text: "Long", cache_control: { type: "ephemeral", ttl: "1h" } }] },
      { role: "user", content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }] },
    ]);
    expect(await toChat(request, context, host)).toMatchObject({ messages: [{ content: "Long" }, { content: "Hi" }] });
  });
});

describe("metadata that each chunk says in full", () => {
  it("is that of the last chunk, where the host says so", async () => {
    const on: WireHost = { ...host, bodyMetadata: ["citations", "seen"], latestMetadata: ["citations"] };
    const decoder = new ChatDecoder(on);
    for (const citations of [["a"], ["a", "b"], ["a", "b"]])
      decoder.push(JSON.stringify({ citations, seen: [1], choices: [{ delta: {}, finish_reason: "stop" }] }));
    decoder.push("[DONE]");
    expect(decoder.take().at(-1)).toMatchObject({
      providerMetadata: { router: { citations: ["a", "b"], seen: [1, 1, 1] } },
    });
  });
});
