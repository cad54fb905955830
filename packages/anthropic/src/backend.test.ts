import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Anthropic } from "@anthropic-ai/sdk";
import { LLMock } from "@copilotkit/aimock";
import { collect, isLLMError, type LLMBackend, type LLMError, type Message, rateLimitsFrom } from "@llmux/core";
import { type Recording, ReplayServer, recordings } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { anthropic } from "./adapter.js";

const model = "claude-sonnet-4-6";
const weather = {
  name: "get_weather",
  description: "The weather in a city",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const ask = (text: string): Message => ({ role: "user", content: text });

let mock: LLMock;
let backend: LLMBackend;
beforeAll(async () => {
  mock = new LLMock({ port: 0, chunkSize: 4 });
  mock.onMessage("hello", { content: "Hi there, friend! 👋" });
  mock.onMessage("think", { content: "42", reasoning: "Six by seven." });
  mock.on(
    { userMessage: "weather", hasToolResult: false },
    {
      content: "Let me look.",
      toolCalls: [
        { name: "get_weather", arguments: '{"city":"Rome"}' },
        { name: "get_weather", arguments: '{"city":"Oslo"}' },
      ],
    },
  );
  mock.on({ userMessage: "weather", hasToolResult: true }, { content: "Rome is warm, Oslo is not." });
  mock.on({ userMessage: "cut me" }, { content: "This never comes to its end." }, { truncateAfterChunks: 3 });
  await mock.start();
  backend = anthropic({ apiKey: "sk-ant-test", baseURL: mock.url }).createBackend();
});
afterEach(() => mock.clearChaos());
afterAll(() => mock.stop());

async function errorOf(promise: Promise<unknown>): Promise<LLMError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLLMError(error)) throw error ?? new Error("nothing was thrown");
  return error;
}

describe("against a local provider", () => {
  it("gives by stream what it gives at once", async () => {
    for (const text of ["hello", "think", "weather"]) {
      const request = { model, messages: [ask(text)], tools: [weather] };
      const whole = await backend.generate(request);
      const streamed = await collect(backend.stream(request));
      const essence = ({ text, reasoning, toolCalls, finishReason, content }: typeof whole) => ({
        text,
        reasoning,
        finishReason,
        kinds: content.map(({ type }) => type),
        calls: toolCalls.map(({ name, input }) => ({ name, input })),
      });
      expect(essence(streamed)).toEqual(essence(whole));
      expect(whole.provider).toBe("anthropic");
    }
  });

  it("streams text in pieces", async () => {
    const deltas: string[] = [];
    for await (const event of backend.stream({ model, messages: [ask("hello")] })) {
      if (event.type === "text-delta") deltas.push(event.delta);
    }
    expect(deltas.length).toBeGreaterThan(2);
    expect(deltas.join("")).toBe("Hi there, friend! 👋");
  });

  it.each(["generate", "stream"] as const)("holds a conversation with tools (%s)", async (how) => {
    const run = (messages: Message[]) => {
      const request = { model, messages, tools: [weather] };
      return how === "stream" ? collect(backend.stream(request)) : backend.generate(request);
    };
    const messages: Message[] = [{ role: "system", content: "Be brief." }, ask("What is the weather like?")];
    const first = await run(messages);
    expect(first.finishReason.unified).toBe("tool-calls");
    expect(first.toolCalls.map(({ input }) => input)).toEqual([{ city: "Rome" }, { city: "Oslo" }]);
    const results = first.toolCalls.map(({ id }) => ({
      type: "tool-result" as const,
      toolCallId: id,
      output: { degrees: 20 },
    }));
    const second = await run([...messages, first.message, { role: "tool", content: results }]);
    expect(second.text).toBe("Rome is warm, Oslo is not.");
    expect(second.finishReason.unified).toBe("stop");
  });

  it("reports chaos for what it is", async () => {
    const request = { model, messages: [ask("hello")] };
    mock.setChaos({ rateLimitRate: 1 });
    const limited = await errorOf(backend.generate(request));
    expect(limited).toMatchObject({ kind: "rate-limit", status: 429, retryable: true });
    expect(limited.retryAfter).toBeGreaterThan(0);
    expect(await errorOf(collect(backend.stream(request)))).toMatchObject({ kind: "rate-limit" });
    mock.setChaos({ dropRate: 1 });
    expect(await errorOf(backend.generate(request))).toMatchObject({ kind: "server", status: 500, retryable: true });
    mock.setChaos({ malformedRate: 1 });
    expect((await errorOf(backend.generate(request))).kind).toBe("malformed-response");
    expect((await errorOf(collect(backend.stream(request)))).kind).toMatch(/malformed-response|connection/);
    mock.setChaos({ disconnectRate: 1 });
    expect(await errorOf(backend.generate(request))).toMatchObject({ kind: "connection", retryable: true });
    expect(await errorOf(collect(backend.stream(request)))).toMatchObject({ kind: "connection" });
  });

  it("reports a stream that is cut", async () => {
    const error = await errorOf(collect(backend.stream({ model, messages: [ask("cut me")] })));
    expect(error.kind).toBe("connection");
    // How much of it a reset connection still hands over is up to the runtime.
    expect("This never comes to its end.").toContain(error.partial?.text);
  });

  it("reports an overload and a wrong path", async () => {
    mock.nextRequestError(529, { message: "Overloaded", type: "overloaded_error" });
    expect(await errorOf(backend.generate({ model, messages: [ask("hello")] }))).toMatchObject({
      kind: "overloaded",
      status: 529,
    });
    const astray = anthropic({ apiKey: "sk-ant-test", baseURL: `${mock.url}/nowhere` }).createBackend();
    expect(await errorOf(astray.generate({ model, messages: [ask("hello")] }))).toMatchObject({
      kind: "not-found",
      status: 404,
    });
  });

  it("takes a ready client and a fetch of the application's", async () => {
    const client = new Anthropic({ apiKey: "sk-ant-own", baseURL: mock.url, maxRetries: 5 });
    const own = anthropic({ client }).createBackend();
    expect((await own.generate({ model, messages: [ask("hello")] })).text).toMatch(/^Hi/);
    mock.nextRequestError(529);
    const before = mock.getRequests().length;
    expect((await errorOf(own.generate({ model, messages: [ask("hello")] }))).kind).toBe("overloaded");
    expect(mock.getRequests().length).toBe(before + 1);
    const urls: string[] = [];
    const spy: typeof fetch = (url, init) => {
      urls.push(String(url));
      return fetch(url, init);
    };
    await anthropic({ apiKey: "k", baseURL: mock.url, fetch: spy })
      .createBackend()
      .generate({ model, messages: [ask("hello")] });
    expect(urls).toEqual([`${mock.url}/v1/messages`]);
  });
});

describe("credentials", () => {
  const both = { ANTHROPIC_API_KEY: "sk-ant-env", ANTHROPIC_AUTH_TOKEN: "token-env" };
  it.each([
    ["a token that is given before a key of the environment", { authToken: "token-own" }, "token-own"],
    ["a key that is given before a token of the environment", { apiKey: "sk-ant-own" }, "sk-ant-own"],
    ["the key where both are given", { apiKey: "sk-ant-own", authToken: "token-own" }, "sk-ant-own"],
    ["the key where both come from the environment", {}, "sk-ant-env"],
  ])("sends %s", async (_, config, credential) => {
    let sent: Headers | undefined;
    const spy: typeof fetch = (url, init) => {
      sent = new Headers(init?.headers);
      return fetch(url, init);
    };
    const own = anthropic({ ...config, baseURL: mock.url, fetch: spy }).createBackend({
      variables: both,
      general: true,
    });
    await own.generate({ model, messages: [ask("hello")] });
    expect(sent?.get("authorization")).toBe(`Bearer ${credential}`);
  });

  it("takes no key of the application's own variables where a token is given", async () => {
    const env = { variables: { LLM_API_KEY: "sk-ant-general" }, general: true };
    const shown = await anthropic({ authToken: "token-own" }).describe(env);
    expect(shown.map(({ field }) => field)).toEqual(["authToken", "baseURL"]);
    expect((await anthropic.describe(env))[0]).toMatchObject({ field: "apiKey", source: "LLM_API_KEY" });
  });
});

describe("leaving", () => {
  /** Begins a stream and never goes on with it. */
  async function stalled(): Promise<{ url: string; closed: Promise<void>; stop: () => void }> {
    let onClose: () => void;
    const closed = new Promise<void>((resolve) => {
      onClose = resolve;
    });
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.on("close", () => onClose());
      response.write('data: {"type":"message_start","message":{"id":"m","model":"c","content":[]}}\n\n');
      response.write('data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}\n\n');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const stop = (): void => {
      server.closeAllConnections();
      server.close();
    };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, closed, stop };
  }

  it("closes the socket when the loop is left", async () => {
    const { url, closed, stop } = await stalled();
    const own = anthropic({ apiKey: "k", baseURL: url }).createBackend();
    for await (const event of own.stream({ model, messages: [ask("x")] })) if (event.type === "text-delta") break;
    await closed;
    stop();
  });

  it("closes the socket on an abort, and says so", async () => {
    const { url, closed, stop } = await stalled();
    const own = anthropic({ apiKey: "k", baseURL: url }).createBackend();
    const controller = new AbortController();
    const error = await errorOf(
      (async () => {
        for await (const event of own.stream({ model, messages: [ask("x")], signal: controller.signal })) {
          if (event.type === "text-delta") controller.abort();
        }
      })(),
    );
    expect(error.kind).toBe("aborted");
    await closed;
    stop();
  });
});

describe("facts of the response", () => {
  it("keeps the request id, the rate limits and the headers", async () => {
    await using server = await ReplayServer.start();
    const headers = {
      "request-id": "req_1",
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "49",
      "anthropic-ratelimit-output-tokens-limit": "8000",
    };
    const body = {
      type: "message",
      id: "msg_1",
      model: "claude-x",
      content: [],
      stop_reason: "end_turn",
      stop_sequence: null,
    };
    const response = { status: 200, headers, body: { ...body, container: { id: "c" } } };
    server.serve({ ...({ wire: "json" } as Recording), response });
    const own = anthropic({ apiKey: "k", baseURL: server.url, headers: { "x-app": "a" } }).createBackend();
    const result = await own.generate({ model, messages: [ask("x")] });
    expect(result.response).toMatchObject({
      id: "msg_1",
      model: "claude-x",
      requestId: "req_1",
      headers: { "request-id": "req_1" },
    });
    expect(rateLimitsFrom(result.response.headers ?? {})).toMatchObject({
      requests: { limit: 50, remaining: 49 },
      outputTokens: { limit: 8000 },
    });
    expect(result.providerMetadata).toEqual({ anthropic: { container: { id: "c" } } });
    expect(result.usage.inputTokens.total).toBeUndefined();
    expect(server.requests[0]?.headers["x-app"]).toBe("a");
  });
});

describe("the other calls", () => {
  const recorded = recordings("anthropic", "models", "messages.count_tokens");
  const of = (api: string): Recording => recorded.find((recording) => recording.api === api) as Recording;

  it.skipIf(recorded.length === 0)("counts tokens", async () => {
    await using server = await ReplayServer.start();
    server.serve(of("messages.count_tokens"));
    const own = anthropic({ apiKey: "k", baseURL: server.url }).createBackend();
    const { inputTokens } = (await own.countTokens?.({ model, messages: [ask("x")], tools: [weather] })) ?? {};
    expect(inputTokens).toBe((of("messages.count_tokens").response.body as { input_tokens: number }).input_tokens);
    expect(server.requests[0]?.path).toBe("/v1/messages/count_tokens");
    expect(Object.keys(server.requests[0]?.body).sort()).toEqual(["messages", "model", "tools"]);
  });

  it.skipIf(recorded.length === 0)("lists models", async () => {
    await using server = await ReplayServer.start();
    server.serve(of("models"));
    const own = anthropic({ apiKey: "k", baseURL: server.url }).createBackend();
    const models = (await own.listModels?.()) ?? [];
    const { data } = of("models").response.body as { data: { id: string; display_name: string }[] };
    expect(models.map(({ id, name }) => [id, name])).toEqual(data.map(({ id, display_name }) => [id, display_name]));
  });
});
