import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";
import { anthropic } from "@llmux/anthropic";
import { collect, createLLM, type LLM, type StreamEvent } from "@llmux/core";
import { openai } from "@llmux/openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { disorder, errorOf, eventsOf } from "./testing/scripted.js";
import { withFallback } from "./with-fallback.js";

const messages = [{ role: "user" as const, content: "Tell me of the fox" }];

describe("from OpenAI to Anthropic, played by a provider of somebody else's making", () => {
  const mock = new LLMock({ port: 0, chunkSize: 4 });
  let llm: LLM;
  beforeAll(async () => {
    await mock.start();
    llm = createLLM({
      adapters: [
        openai({ apiKey: "sk-test", baseURL: `${mock.url}/v1` }),
        anthropic({ apiKey: "sk-ant-test", baseURL: mock.url }),
      ],
    });
  });
  afterAll(() => mock.stop());
  afterEach(() => mock.reset());

  it.each(["generate", "stream"] as const)("an overload: %s", async (call) => {
    mock.on(
      { userMessage: "fox", model: "gpt-4o" },
      { error: { message: "Slow down", type: "rate_limit_error" }, status: 429 },
    );
    mock.on({ userMessage: "fox", model: "claude-sonnet-5-5" }, { content: "It is brown." });
    const backend = withFallback(llm, { fallbacks: ["anthropic/claude-sonnet-5-5"] });
    const request = { model: "openai/gpt-4o", messages };
    const result = await (call === "generate" ? backend.generate(request) : collect(backend.stream(request)));
    expect(result).toMatchObject({ text: "It is brown.", provider: "anthropic", model: "claude-sonnet-5-5" });
    expect(result.attempts).toMatchObject([
      { provider: "openai", model: "openai/gpt-4o", error: { kind: "rate-limit", status: 429 } },
      { provider: "anthropic", model: "anthropic/claude-sonnet-5-5" },
    ]);
  });
  it("a stream that is cut", async () => {
    mock.on(
      { userMessage: "fox", model: "gpt-4o" },
      { content: "The quick brown fox jumps" },
      { truncateAfterChunks: 5, latency: 5 },
    );
    mock.on({ userMessage: "cut off", model: "claude-sonnet-5-5" }, { content: " goes on, said Claude." });
    const backend = withFallback(llm, { fallbacks: ["anthropic/claude-sonnet-5-5"], recover: { on: "next" } });
    const { events, error } = await eventsOf(backend.stream({ model: "openai/gpt-4o", messages }));
    expect(error).toBeUndefined();
    expect(disorder(events)).toEqual([]);
    const said = events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("");
    expect(said).toMatch(/^The .+ goes on, said Claude\.$/);
    const { providerMetadata } = events.find(({ type }) => type === "text-end") as StreamEvent & { type: "text-end" };
    expect(providerMetadata?.llmux?.seam).toMatchObject({
      from: { provider: "openai", model: "gpt-4o" },
      to: { provider: "anthropic", model: "claude-sonnet-5-5" },
      error: "connection",
      offset: said.length - " goes on, said Claude.".length,
    });
  });
});

describe("over sockets that are cut", () => {
  /** What each request asked, and how the server answers it. */
  const asked: { url: string; body: any; closed: boolean }[] = [];
  let play: (response: ServerResponse, count: number) => void;
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const one = { url: request.url ?? "", body: JSON.parse(body), closed: false };
    response.on("close", () => (one.closed = true));
    response.writeHead(200, { "content-type": "text/event-stream" });
    play(response, asked.push(one));
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const chat = (response: ServerResponse, ...deltas: string[]): void => {
    for (const content of deltas)
      response.write(
        `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
      );
  };
  const chatEnd = (response: ServerResponse): void => {
    response.write(
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`,
    );
    response.end("data: [DONE]\n\n");
  };
  const message = (response: ServerResponse, ...deltas: string[]): void => {
    const send = (event: { type: string } & object): void =>
      void response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    send({
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-4-5",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    } as never);
    send({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as never);
    for (const text of deltas)
      send({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } } as never);
    send({ type: "content_block_stop", index: 0 } as never);
    send({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 4 },
    } as never);
    send({ type: "message_stop" });
    response.end();
  };
  /** Cuts the connection once what was written has gone out. */
  const sever = (response: ServerResponse): void => void setTimeout(() => response.socket?.destroy(), 20);

  const backends = () =>
    createLLM({
      adapters: [
        openai({ apiKey: "sk-test", baseURL: `${url}/v1` }),
        anthropic({ apiKey: "sk-ant-test", baseURL: url }),
      ],
    });
  const request = { model: "openai/gpt-4o", messages, maxTokens: 100 };

  it("is gone on with from the beginning of the answer where the provider takes one", async () => {
    play = (response, count) => {
      if (count > 1) return message(response, "brown fox", " jumps.");
      chat(response, "The ", "quick ");
      sever(response);
    };
    const backend = withFallback(backends(), { recover: { on: ["anthropic/claude-sonnet-4-5"] } });
    const result = await collect(backend.stream(request));
    expect(result.text).toBe("The quick brown fox jumps.");
    expect(asked[1]?.url).toContain("/v1/messages");
    expect(asked[1]?.body.messages).toEqual([
      { role: "user", content: expect.anything() },
      { role: "assistant", content: expect.anything() },
    ]);
    expect(JSON.stringify(asked[1]?.body.messages[1])).toContain(`"The quick"`);
    expect(asked[1]?.body.max_tokens).toBe(97);
    expect(result.usage.outputTokens.total).toBe(4 + 3);
    expect(result.attempts?.map(({ model, error }) => [model, error?.kind])).toEqual([
      ["openai/gpt-4o", "connection"],
      ["anthropic/claude-sonnet-4-5", undefined],
    ]);
  });
  it("is gone on with by the same in words, and what it repeats is left out", async () => {
    play = (response, count) => {
      if (count > 1) {
        chat(response, "qui", "ck bro", "wn fox.");
        return chatEnd(response);
      }
      chat(response, "The ", "quick ");
      sever(response);
    };
    const result = await collect(withFallback(backends(), { recover: {} }).stream(request));
    expect(result.text).toBe("The quick brown fox.");
    expect(asked[1]?.body.messages.map(({ role }: { role: string }) => role)).toEqual(["user", "assistant", "user"]);
  });
  it("leaving the continuation closes its connection, and aborting while one is opened too", async () => {
    play = (response, count) => {
      chat(response, count === 1 ? "The " : "quick ");
      if (count === 1) sever(response);
    };
    for await (const event of withFallback(backends(), { recover: {} }).stream(request))
      if (event.type === "text-delta" && event.delta === "quick ") break;
    await vi.waitFor(() => expect(asked[1]?.closed).toBe(true));

    asked.length = 0;
    play = (response, count) => {
      if (count > 1) return;
      chat(response, "The ");
      sever(response);
    };
    const controller = new AbortController();
    const running = errorOf(
      collect(withFallback(backends(), { recover: { attempts: 5 } }).stream({ ...request, signal: controller.signal })),
    );
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    controller.abort();
    expect(await running).toMatchObject({ kind: "aborted", partial: { text: "The " } });
    await vi.waitFor(() => expect(asked[1]?.closed).toBe(true));
    expect(asked).toHaveLength(2);
  });
});
