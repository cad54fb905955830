import { LLMock } from "@copilotkit/aimock";
import { collect, type Message } from "@llmux/core";
import { openai } from "@llmux/openai";
import { mockBackend } from "@llmux/testkit";
import { expect, it } from "vitest";
import { withTrim } from "./with-trim.js";

const messages: Message[] = [
  { role: "system", content: "Be kind." },
  { role: "user", content: "word ".repeat(200) },
  { role: "assistant", content: "Yes." },
  { role: "user", content: "Hi" },
];
const short = [messages[0], messages[3]];
const warnings = [
  { type: "truncated", parameter: "messages", message: expect.stringMatching(/^2 of 4 messages.* 100 tokens$/) },
];

it("trims what does not fit, and says so, on results and on streams alike", async () => {
  const backend = mockBackend(() => "Hello");
  const trimming = withTrim(backend, { contextWindow: 100 });
  const result = await trimming.generate({ model: "m", messages });
  expect(result.warnings).toEqual(warnings);
  expect(await collect(trimming.stream({ model: "m", messages }))).toEqual(result);
  expect(backend.requests.map((request) => (request as { messages: unknown }).messages)).toEqual([short, short]);
});

it("leaves alone what fits, and models whose window is not known", async () => {
  const backend = mockBackend(() => "Hello");
  const request = { model: "m", messages };
  const asked: unknown[] = [];
  const contextWindow = (model: string | undefined) => {
    asked.push(model);
    return undefined;
  };
  expect((await withTrim(backend, { contextWindow }).generate(request)).warnings).toEqual([]);
  expect((await collect(withTrim(backend, { contextWindow: 10_000 }).stream(request))).warnings).toEqual([]);
  expect(asked).toEqual(["m"]);
  expect((backend.requests[0] as { messages: unknown }).messages).toBe(messages);
});

it("leaves room for the answer", async () => {
  const backend = mockBackend(() => "Hello");
  const trimming = withTrim(backend, { contextWindow: 300, reserve: 0 });
  expect((await trimming.generate({ messages })).warnings).toEqual([]);
  expect((await trimming.generate({ messages, maxTokens: 200 })).warnings).toHaveLength(1);
  const failure = { kind: "context-window-exceeded", parameter: "maxTokens" };
  await expect(trimming.generate({ messages, maxTokens: 300 })).rejects.toMatchObject(failure);
  await expect(collect(trimming.stream({ messages, maxTokens: 300 }))).rejects.toMatchObject(failure);
});

it("refuses options that make no sense", () => {
  for (const contextWindow of [0, Number.NaN])
    expect(() => withTrim(mockBackend(), { contextWindow })).toThrow(
      expect.objectContaining({ parameter: "contextWindow" }),
    );
  expect(() => withTrim(mockBackend(), { contextWindow: 1, reserve: -1 })).toThrow(
    expect.objectContaining({ parameter: "reserve" }),
  );
});

it("stops for an abort, and begins nothing that was left", async () => {
  const backend = mockBackend(() => "Hello");
  const trimming = withTrim(backend, { contextWindow: 100 });
  const signal = AbortSignal.abort();
  await expect(trimming.generate({ messages, signal })).rejects.toMatchObject({ kind: "aborted" });
  await expect(collect(trimming.stream({ messages, signal }))).rejects.toMatchObject({ kind: "aborted" });
  const stream = trimming.stream({ messages })[Symbol.asyncIterator]();
  await stream.return?.();
  expect(backend.requests).toEqual([]);
});

it("sends the shorter conversation over a socket", async () => {
  const mock = new LLMock({ port: 0 });
  await mock.start();
  try {
    mock.onMessage("Hi", { content: "Hello" });
    const backend = openai({ apiKey: "sk-test", baseURL: `${mock.url}/v1` }).createBackend();
    const { text } = await withTrim(backend, { contextWindow: 100 }).generate({ model: "gpt-4o", messages });
    expect(text).toBe("Hello");
    const sent = mock.getRequests().at(-1)?.body as { messages: unknown[] };
    expect(sent.messages).toHaveLength(2);
  } finally {
    await mock.stop();
  }
});
