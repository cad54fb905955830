import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createOpenAI } from "@ai-sdk/openai";
import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLM, type Message, withRetry } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { fromAISDK } from "../index.js";

const printed = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
const mock = new LLMock({ chunkSize: 5 });
const apiKey = "sk-test-0123456789abcdef";

beforeAll(async () => {
  mock.on({ userMessage: "weather", hasToolResult: false } as never, {
    toolCalls: [
      { name: "weather", arguments: '{"city":"Oslo"}' },
      { name: "weather", arguments: '{"city":"Rome"}' },
    ],
  });
  mock.on({ userMessage: "weather", hasToolResult: true } as never, { content: "Cold in Oslo, warm in Rome." });
  mock.onMessage("hello", { content: "Hello to you, and a good morning as well." });
  mock.onMessage("person", { content: '{"name":"Ann"}' });
  mock.onMessage("picture", { content: "A cat." });
  mock.onMessage("cut", { content: "This will never be heard to its very end." }, { truncateAfterChunks: 3 });
  mock.onMessage("ghost", {
    error: { message: "The model `ghost` does not exist", type: "invalid_request_error", code: "model_not_found" },
    status: 404,
  });
  mock.onMessage("long", {
    error: { message: "too long", type: "invalid_request_error", code: "context_length_exceeded" },
    status: 400,
  });
  mock.onMessage("broke", {
    error: { message: "You exceeded your current quota", type: "insufficient_quota", code: "insufficient_quota" },
    status: 429,
  });
  mock.onEmbedding(/(?:)/, { embedding: [0.25, -0.5, 1] });
  await mock.start();
});
afterAll(() => mock.stop());
afterEach(() => {
  mock.clearChaos();
  mock.clearRequests();
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const say = (content: string): Message[] => [{ role: "user", content }];

/** The last body that was sent, as it was. */
let sent = "";
const keep: typeof fetch = (url, init) => {
  sent = String(init?.body);
  return fetch(url, init);
};

function over(api: "chat" | "responses", baseURL = `${mock.url}/v1`): LLM {
  const provider = createOpenAI({ apiKey, baseURL, fetch: keep });
  const { embeddingModel } = provider;
  const acme = fromAISDK({ prefix: "acme", provider: { languageModel: (id) => provider[api](id), embeddingModel } });
  return createLLM({ adapters: [acme], model: "acme/gpt-4o" });
}

describe.each(["chat", "responses"] as const)("the AI SDK's OpenAI provider, %s", (api) => {
  let llm: LLM;
  beforeAll(() => {
    llm = over(api);
  });

  it("answers, and streams the same", async () => {
    const result = await llm.generate({ messages: say("hello") });
    expect(result).toMatchObject({
      text: "Hello to you, and a good morning as well.",
      provider: "acme",
      model: "gpt-4o",
    });
    expect(result.finishReason.unified).toBe("stop");
    expect(result.response.headers).toMatchObject({ "content-type": expect.stringContaining("json") });
    const streamed = await collect(llm.stream({ messages: say("hello") }));
    expect([streamed.text, streamed.finishReason]).toEqual([result.text, result.finishReason]);
    expect(streamed.response.id).toBeDefined();
  });

  it("calls tools over several turns, streamed", async () => {
    const messages = say("How is the weather?");
    const tools = [{ name: "weather", inputSchema: z.object({ city: z.string() }) }];
    const asked = await collect(llm.stream({ messages, tools }));
    expect(asked.toolCalls).toMatchObject([{ input: { city: "Oslo" } }, { input: { city: "Rome" } }]);
    expect(asked.finishReason.unified).toBe("tool-calls");
    const whole = await llm.generate({ messages, tools });
    expect(whole.toolCalls.map(({ input }) => input)).toEqual(asked.toolCalls.map(({ input }) => input));
    messages.push(asked.message, {
      role: "tool",
      content: asked.toolCalls.map(({ id }) => ({ type: "tool-result", toolCallId: id, output: "20" })),
    });
    expect((await collect(llm.stream({ messages, tools }))).text).toBe("Cold in Oslo, warm in Rome.");
  });

  it("gives structured output", async () => {
    const output = { schema: z.object({ name: z.string() }) };
    expect((await llm.generate({ messages: say("person"), output })).output).toEqual({ name: "Ann" });
    expect((await collect(llm.stream({ messages: say("person"), output }))).output).toEqual({ name: "Ann" });
  });

  it("sends images", async () => {
    const image = {
      type: "image",
      data: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      detail: "low",
    } as const;
    const content = [{ type: "text", text: "What is in this picture?" } as const, image];
    expect((await llm.generate({ messages: [{ role: "user", content }] })).text).toBe("A cat.");
    expect(sent).toContain("data:image/png;base64,iVBORw0K");
  });

  it("passes what the neutral parameters and the provider's own say", async () => {
    await llm.generate({
      messages: say("hello"),
      user: "u1",
      parallelToolCalls: false,
      providerOptions: { acme: { store: true } },
    });
    expect(sent).toContain('"u1"');
    expect(JSON.parse(sent)).toMatchObject({ user: "u1", parallel_tool_calls: false, store: true });
  });

  it.each([
    ["ghost", { kind: "not-found", status: 404, code: "model_not_found" }],
    ["long", { kind: "context-window-exceeded", status: 400 }],
    ["broke", { kind: "quota-exceeded", status: 429, retryable: false }],
  ])("tells its failures apart: %s", async (text, facts) => {
    await expect(llm.generate({ messages: say(text) })).rejects.toMatchObject(facts);
    await expect(collect(llm.stream({ messages: say(text) }))).rejects.toMatchObject(facts);
  });

  describe.each(["generate", "stream"] as const)("with chaos, %s", (how) => {
    const run = (): Promise<unknown> =>
      how === "generate" ? llm.generate({ messages: say("hello") }) : collect(llm.stream({ messages: say("hello") }));

    it("is limited, once", async () => {
      mock.setChaos({ rateLimitRate: 1 });
      const error = await run().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind: "rate-limit", status: 429, retryable: true, retryAfter: expect.any(Number) });
      expect(mock.getRequests()).toHaveLength(1);
    });

    it("meets a server error", async () => {
      mock.setChaos({ dropRate: 1 });
      await expect(run()).rejects.toMatchObject({ kind: "server", status: 500, retryable: true });
    });

    it("gets no JSON", async () => {
      mock.setChaos({ malformedRate: 1 });
      await expect(run()).rejects.toMatchObject({ kind: expect.stringMatching(/^(malformed-response|connection)$/) });
    });

    it("is cut off", async () => {
      mock.setChaos({ disconnectRate: 1 });
      await expect(run()).rejects.toMatchObject({ kind: "connection", retryable: true });
    });
  });

  it("a stream that breaks in the middle is no reply", async () => {
    await expect(collect(llm.stream({ messages: say("cut") }))).rejects.toMatchObject({ kind: "connection" });
  });

  it("meets nobody, a web page, an empty body", async () => {
    const nobody = over(api, "http://127.0.0.1:9/v1");
    await expect(nobody.generate({ messages: say("hello") })).rejects.toMatchObject({ kind: "connection" });
    let page = "<html>nginx</html>";
    const server = createServer((_, response) => void response.end(page));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const odd = over(api, `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    for (page of ["<html>nginx</html>", "", "null"])
      await expect(odd.generate({ messages: say("hello") }), page).rejects.toMatchObject({
        kind: "malformed-response",
      });
    server.close();
  });

  it("an abort and leaving the loop close the socket", async () => {
    let open = 0;
    const server = createServer((_, response) => {
      open++;
      response.on("close", () => open--);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": hello\n\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const hanging = over(api, `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    const controller = new AbortController();
    const streaming = collect(hanging.stream({ messages: say("hello"), signal: controller.signal }));
    const whole = hanging.generate({ messages: say("hello"), signal: controller.signal });
    await expect.poll(() => open).toBe(2);
    controller.abort();
    await expect(streaming).rejects.toMatchObject({ kind: "aborted" });
    await expect(whole).rejects.toMatchObject({ kind: "aborted" });
    await expect.poll(() => open).toBe(0);
    server.closeAllConnections();
    server.close();
  });
});

describe("the AI SDK's OpenAI provider", () => {
  it("embeds, in as many requests as its model needs", async () => {
    const { embeddings } = await over("chat").embed({
      model: "acme/text-embedding-3-small",
      values: Array(2049).fill("a"),
      dimensions: 3,
    });
    expect(embeddings).toHaveLength(2049);
    expect(embeddings[0]).toEqual(Float32Array.of(0.25, -0.5, 1));
    expect(mock.getRequests()).toHaveLength(2);
  });

  it("is retried by llmux alone", async () => {
    mock.setChaos({ dropRate: 1 });
    const llm = withRetry(over("chat"), { retries: 2, minWait: 0, maxWait: 0 });
    await expect(llm.generate({ model: "acme/gpt-4o", messages: say("hello") })).rejects.toMatchObject({
      kind: "server",
    });
    expect(mock.getRequests()).toHaveLength(3);
  });

  it("without a key says which is missing, and shows none", async () => {
    const provider = createOpenAI({ baseURL: `${mock.url}/v1`, apiKey: "" });
    const keyless = createLLM({ adapters: [fromAISDK({ prefix: "acme", provider })], model: "acme/m" });
    const error = await keyless.generate({ messages: say("ghost") }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: expect.stringMatching(/^(authentication|not-found)$/) });
    const refused = createServer((request, response) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ error: { message: `Incorrect API key provided: ${request.headers.authorization}` } }),
      );
    });
    await new Promise<void>((resolve) => refused.listen(0, "127.0.0.1", resolve));
    const wrong = over("chat", `http://127.0.0.1:${(refused.address() as AddressInfo).port}/v1`);
    const told = (await wrong.generate({ messages: say("hello") }).catch((thrown: unknown) => thrown)) as Error;
    expect(told).toMatchObject({ kind: "authentication", status: 401 });
    const { inspect } = await import("node:util");
    expect(inspect(told, { depth: 12, showHidden: true })).not.toContain(apiKey);
    const odd = fromAISDK({
      prefix: "acme",
      secret: "0ddly-shaped",
      languageModel: createOpenAI({
        apiKey: "0ddly-shaped",
        baseURL: `http://127.0.0.1:${(refused.address() as AddressInfo).port}/v1`,
      }).chat("m"),
    });
    const quoted = createLLM({ adapters: [odd] }).generate({ model: "acme/m", messages: say("hello") });
    await expect(quoted).rejects.toThrow("Incorrect API key provided: Bearer ***");
    refused.close();
  });
});
