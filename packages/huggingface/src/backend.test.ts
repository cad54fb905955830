import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { collect, type GenerateRequest, type LLMBackend } from "@llmux/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { huggingface } from "./index.js";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const TOKEN = "hf_abcdefgh12345678";
const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
const requests: IncomingMessage[] = [];
let handle: Handler;
let connections = 0;
const server = createServer((request, response) => {
  requests.push(request);
  request.resume().on("end", () => handle(request, response));
}).on("connection", () => connections++);
let url: string;
let backend: LLMBackend;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  backend = huggingface({ baseURL: url, apiKey: TOKEN }).createBackend();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests.length = 0;
});
afterEach(() => {
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const request: GenerateRequest = { model: "org/m", messages: [{ role: "user", content: "Hello" }] };
const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
const text =
  (body: string, type: string, status = 200): Handler =>
  (_, response) =>
    response.writeHead(status, { "content-type": type }).end(body);
const sse = (body: string): Handler => text(body, "text/event-stream");
const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const delta = (fields: object, rest: object = {}): string =>
  data({ id: "c", choices: [{ index: 0, delta: fields, ...rest }] });
const end = `${delta({}, { finish_reason: "stop" })}data: [DONE]\n\n`;
const caught = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail("did not fail"),
    (error: unknown) => error,
  );
const failures = (): Promise<unknown[]> =>
  Promise.all([caught(backend.generate(request)), caught(collect(backend.stream(request)))]);

describe("errors", () => {
  it.each([
    [
      400,
      {
        error: {
          message: "The requested model 'x' is not supported by any provider you have enabled.",
          type: "invalid_request_error",
          param: "model",
          code: "model_not_supported",
        },
      },
      "not-found",
    ],
    [
      400,
      { error: { message: "This model's maximum context length is 8192 tokens", code: "context_length_exceeded" } },
      "context-window-exceeded",
    ],
    [401, { error: "Invalid username or password." }, "authentication"],
    [
      402,
      { error: "You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO" },
      "quota-exceeded",
    ],
    [403, { error: "This authentication method does not have sufficient permissions" }, "permission"],
    [404, { error: "Model org/m does not exist" }, "not-found"],
    [413, { error: { message: "`inputs` must have less than 512 tokens. Given: 700" } }, "context-window-exceeded"],
    [
      422,
      {
        error: "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000",
        error_type: "validation",
      },
      "context-window-exceeded",
    ],
    [
      422,
      { error: "Input validation error: `temperature` must be strictly positive", error_type: "validation" },
      "invalid-request",
    ],
    [422, { detail: [{ loc: ["body"], msg: "field required" }] }, "invalid-request"],
    [424, { error: "Request failed during generation: CUDA", error_type: "generation" }, "server"],
    [429, { error: "Model is overloaded", error_type: "overloaded" }, "overloaded"],
    [429, { message: "Too many requests" }, "rate-limit"],
    [500, { error: { message: "the context length cache broke" } }, "server"],
    [500, { error: "Model org/m is overloaded" }, "overloaded"],
    [503, { error: "no healthy upstream" }, "overloaded"],
    [504, {}, "timeout"],
  ])("%i %j", async (status, body, kind) => {
    handle = json(body, status, { "x-request-id": "req-1" });
    const { error, message, detail } = body as any;
    const said = error?.message ?? error ?? message ?? detail?.[0].msg ?? "answered 504";
    for (const failure of await failures()) {
      expect(failure).toMatchObject({
        kind,
        status,
        requestId: "req-1",
        provider: "huggingface",
        message: expect.stringContaining(said),
      });
    }
    // Neither the SDK's retry of a 503 nor any other.
    expect(requests).toHaveLength(2);
  });

  it("says when to come back", async () => {
    handle = json({ error: "Model org/m is currently loading", estimated_time: 20.5 }, 503);
    for (const failure of await failures()) expect(failure).toMatchObject({ kind: "overloaded", retryAfter: 20_500 });
    handle = json({ error: "slow down" }, 429, { "retry-after": "7" });
    for (const failure of await failures()) expect(failure).toMatchObject({ kind: "rate-limit", retryAfter: 7000 });
  });

  it.each([
    [
      "another server's 404",
      text("404 page not found", "text/plain", 404),
      "not-found",
      /completions answered 404.*address/,
    ],
    ["a web page", text("<html>Hi</html>", "text/html"), "malformed-response", /web page/],
    ["a proxy's page", text("<html>Bad</html>", "text/html", 502), "server", /answered 502: Bad Gateway/],
    ["no reply", json({ hello: "world" }), "malformed-response", /no chat completion|something else/],
    ["null", json(null), "malformed-response", /no JSON object/],
    ["no JSON", text("{", "application/json"), "malformed-response", /not JSON/],
    ["an empty body", text("", "application/json"), "malformed-response", /not JSON/],
    ["an error under status 200", json({ error: "out of luck" }), "server", /^out of luck$/],
    ["no choices", json({ choices: [], usage: null }), "malformed-response", /./],
    [
      "prototype keys",
      json(JSON.parse('{"__proto__":{"choices":[{"message":{}}]},"constructor":1}')),
      "malformed-response",
      /./,
    ],
  ] as [string, Handler, string, RegExp][])("%s", async (_, handler, kind, message) => {
    handle = handler;
    for (const failure of await failures()) {
      expect(failure).toMatchObject({ kind, message: expect.stringMatching(message) });
    }
  });

  it.each([
    ["TGI's error", data({ error: "Request failed during generation", error_type: "generation" }), "server"],
    ["TGI's overload", data({ error: "Model is overloaded", error_type: "overloaded" }), "overloaded"],
    ["a provider's error", data({ error: { message: "rate limited", http_status_code: 429 } }), "rate-limit"],
    ["garbage", "data: what?\n\n", "malformed-response"],
    ["a bare value", "data: 7\n\n", "malformed-response"],
    ["a delta of another shape", delta({ content: { a: 1 } }), "malformed-response"],
    ["choices of another shape", data({ choices: "none" }), "malformed-response"],
  ])("%s in mid-stream, after what came before it", async (_, bad, kind) => {
    handle = sse(delta({ content: "Hel" }) + bad + end);
    expect(await caught(collect(backend.stream(request)))).toMatchObject({ kind, partial: { text: "Hel" } });
  });

  it("no server, and no key in what is said", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const nowhere = huggingface({ baseURL: `http://127.0.0.1:${port}`, apiKey: TOKEN }).createBackend();
    const embedding = nowhere.embed!({ model: "m", values: ["a"] });
    const calls = [nowhere.generate(request), collect(nowhere.stream(request)), nowhere.listModels!(), embedding];
    for (const failure of await Promise.all(calls.map(caught))) {
      expect(failure).toMatchObject({ kind: "connection", code: "ECONNREFUSED", retryable: true });
    }
    handle = (asked, response) => json({ error: `bad ${asked.headers.authorization}` }, 401)(asked, response);
    for (const failure of (await failures()) as Error[]) {
      expect(`${failure.message}${failure.stack}${JSON.stringify(failure)}`).not.toContain("abcdefgh12345678");
    }
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(await caught(backend.embed!({ model: "m", values: ["a"] }))).toMatchObject({
      kind: "authentication",
      status: 401,
    });
  });
});

describe("replies", () => {
  it("with null in every place that may be absent", async () => {
    handle = json({
      id: null,
      model: null,
      created: null,
      choices: [
        {
          message: { content: null, tool_calls: null, reasoning: null, refusal: null },
          finish_reason: null,
          logprobs: null,
        },
      ],
      usage: null,
    });
    expect(await backend.generate(request)).toMatchObject({
      content: [],
      finishReason: { unified: "other", raw: undefined },
      usage: { inputTokens: { total: undefined } },
    });
    handle = sse(
      data({ choices: null }) +
        data({ choices: [null] }) +
        delta({ content: null, tool_calls: null }) +
        data({ choices: [{ delta: null, finish_reason: null }], usage: null }) +
        delta({ tool_calls: [null] }) +
        end,
    );
    expect(await collect(backend.stream(request))).toMatchObject({
      content: [],
      finishReason: { unified: "stop", raw: "stop" },
    });
  });

  it("whose calls name no tool are malformed", async () => {
    const calls = { tool_calls: [{ id: null, function: null }] };
    handle = json({ choices: [{ message: calls, finish_reason: "tool_calls" }] });
    await expect(backend.generate(request)).rejects.toMatchObject({ kind: "malformed-response" });
    handle = sse(delta(calls) + end);
    await expect(collect(backend.stream(request))).rejects.toMatchObject({ kind: "malformed-response" });
  });

  it("that refuse end in a refusal, whatever they say", async () => {
    handle = json({ choices: [{ message: { refusal: "No." }, finish_reason: "stop" }] });
    const refused = { refusal: "No.", finishReason: { unified: "content-filter", raw: "stop" } };
    expect(await backend.generate(request)).toMatchObject(refused);
    handle = sse(delta({ refusal: "No." }) + end);
    expect(await collect(backend.stream(request))).toMatchObject(refused);
  });

  it.each([
    ["stop", "stop"],
    ["eos_token", "stop"],
    ["stop_sequence", "stop"],
    ["length", "length"],
    ["tool_calls", "tool-calls"],
    ["content_filter", "content-filter"],
    ["toString", "other"],
  ])("%s is %s", async (raw, unified) => {
    handle = json({ choices: [{ message: { content: "Hi" }, finish_reason: raw }] });
    expect((await backend.generate(request)).finishReason).toEqual({ unified, raw });
  });

  it.each(["reasoning", "reasoning_content"])(
    "with %s, log probabilities and a refusal: streamed the same",
    async (field) => {
      const logprobs = {
        content: [
          { token: "H", logprob: -0.1 },
          { token: "i", logprob: -0.2 },
        ],
      };
      const usage = {
        prompt_tokens: 9,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 2 },
      };
      const facts = { id: "c", model: "m", created: 1_700_000_000, system_fingerprint: "fp" };
      handle = json({
        ...facts,
        choices: [{ message: { [field]: "Hm, well", content: "Hi", refusal: "No" }, finish_reason: "stop", logprobs }],
        usage,
      });
      const direct = await backend.generate(request);
      expect(direct).toMatchObject({
        reasoning: "Hm, well",
        text: "Hi",
        refusal: "No",
        usage: { inputTokens: { total: 9, cacheRead: 4 }, outputTokens: { total: 5, reasoning: 2 } },
        providerMetadata: { huggingface: { system_fingerprint: "fp", logprobs } },
      });
      const chunk = (fields: object, rest: object = {}): string =>
        data({ ...facts, choices: [{ delta: fields, ...rest }] });
      handle = sse(
        chunk({ [field]: "Hm" }) +
          chunk({ [field]: ", well", content: null }) +
          chunk({ content: "H" }, { logprobs: { content: logprobs.content.slice(0, 1) } }) +
          chunk({ content: "i" }, { logprobs: { content: logprobs.content.slice(1) } }) +
          chunk({ refusal: "No" }, { finish_reason: "stop" }) +
          data({ ...facts, choices: [], usage }) +
          "data: [DONE]\n\n",
      );
      const streamed = await collect(backend.stream(request));
      const kept = ({
        content,
        finishReason,
        usage: used,
        providerMetadata,
        response: { id, model, createdAt },
      }: typeof direct) => ({ content, finishReason, used, providerMetadata, id, model, createdAt });
      expect(kept(streamed)).toEqual(kept(direct));
      // And goes back under the name that it came under.
      handle = (asked, response) => json({ choices: [{ message: { content: "ok" } }] })(asked, response);
      const bodies: any[] = [];
      const spy = (async (input: never, init: RequestInit) => {
        bodies.push(JSON.parse(String(init.body)));
        return globalThis.fetch(input, init);
      }) as typeof globalThis.fetch;
      const again = huggingface({ baseURL: url, fetch: spy }).createBackend();
      await again.generate({ ...request, messages: [...request.messages, direct.message] });
      expect(bodies[0].messages[1]).toEqual({ role: "assistant", content: "HiNo", [field]: "Hm, well" });
    },
  );

  it("with tool calls as older versions of TGI write them", async () => {
    handle = json({
      choices: [
        {
          message: {
            tool_calls: [
              { id: "0", function: { name: "a", arguments: { x: 1 } } },
              { id: 0, function: { name: "b", arguments: "{" } },
            ],
          },
          finish_reason: "eos_token",
        },
      ],
    });
    const { toolCalls, finishReason } = await backend.generate(request);
    expect(toolCalls).toEqual([
      { type: "tool-call", id: "call_0", name: "a", input: { x: 1 } },
      { type: "tool-call", id: "call_1", name: "b", input: undefined, inputText: "{" },
    ]);
    expect(finishReason).toEqual({ unified: "tool-calls", raw: "eos_token" });
    handle = sse(
      delta({ tool_calls: { index: 0, id: "", function: { name: "a", arguments: '{"x"' } } }) +
        delta({ tool_calls: { index: 0, function: { arguments: ":1}" } } }) +
        end,
    );
    expect((await collect(backend.stream(request))).toolCalls).toMatchObject([
      { id: "call_0", name: "a", input: { x: 1 } },
    ]);
  });

  it("with several calls under one index", async () => {
    handle = sse(
      delta({ tool_calls: [{ index: 0, id: "p", function: { name: "a", arguments: "{}" } }] }) +
        delta({ tool_calls: [{ index: 0, id: "q", function: { name: "b", arguments: '{"y"' } }] }) +
        delta({ tool_calls: [{ index: 0, id: "q", function: { arguments: ":2}" } }] }) +
        end,
    );
    expect((await collect(backend.stream(request))).toolCalls).toMatchObject([
      { id: "p", name: "a", input: {} },
      { id: "q", name: "b", input: { y: 2 } },
    ]);
  });
});

describe("streams", () => {
  const endless: Handler = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(delta({ content: "Hi" }));
  };
  const closed = (asked: IncomingMessage | undefined): Promise<unknown> =>
    new Promise((resolve) => (asked!.socket.destroyed ? resolve(true) : asked!.socket.once("close", resolve)));

  it("that end without a finish reason, the usage or [DONE] are cut", async () => {
    for (const rest of ["", delta({}, { finish_reason: "stop" }), data({ choices: [], usage: { prompt_tokens: 1 } })]) {
      handle = sse(delta({ content: "Hi" }) + rest);
      expect(await caught(collect(backend.stream(request)))).toMatchObject({
        kind: "connection",
        partial: { text: "Hi" },
      });
    }
  });

  it("that name their usage in Groq's own field are whole without [DONE]", async () => {
    const last = { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 1 } } };
    handle = sse(delta({ content: "Hi" }) + data({ choices: [{ delta: {}, finish_reason: "stop" }], ...last }));
    expect((await collect(backend.stream(request))).usage).toMatchObject({ inputTokens: { total: 3 } });
  });

  it("breaking out closes the connection", async () => {
    handle = endless;
    for await (const event of backend.stream(request)) if (event.type === "text-delta") break;
    await closed(requests[0]);
  });

  it("an abort closes it too, at any time", async () => {
    handle = endless;
    const controller = new AbortController();
    const aborted = (async () => {
      for await (const event of backend.stream({ ...request, signal: controller.signal }))
        if (event.type === "text-delta") controller.abort();
    })();
    expect(await caught(aborted)).toMatchObject({ kind: "aborted" });
    await closed(requests[0]);
    for (const call of ["generate", "embed"] as const) {
      const early = new AbortController();
      handle = () => early.abort();
      const run =
        call === "embed"
          ? backend.embed!({ model: "m", values: ["a"], signal: early.signal })
          : backend.generate({ ...request, signal: early.signal });
      expect(await caught(run)).toMatchObject({ kind: "aborted" });
      await closed(requests.at(-1));
    }
  });

  it("uses a connection again, and does not wait for a server that does not hang up", async () => {
    handle = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(delta({ content: "Hi" }) + end);
      setImmediate(() => setImmediate(() => response.end()));
    };
    const before = connections;
    for (let count = 0; count < 10; count++) {
      await collect(backend.stream(request));
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    // One would do; on a busy machine an end may come too late for the next request.
    expect(connections - before).toBeLessThan(8);
    handle = (_, response) =>
      void response.writeHead(200, { "content-type": "text/event-stream" }).write(delta({ content: "Hi" }) + end);
    expect((await collect(backend.stream(request))).text).toBe("Hi");
    await closed(requests.at(-1));
  });

  it("headers: the adapter's, and the call's, which win", async () => {
    handle = json({ choices: [{ message: { content: "Hi" } }] });
    const own = huggingface({ baseURL: url, apiKey: TOKEN, headers: { "x-team": "a", "x-own": "1" } }).createBackend();
    await own.generate({ ...request, headers: { "X-Team": "b", authorization: "Bearer other" } });
    expect(requests[0]?.headers).toMatchObject({ "x-team": "b", "x-own": "1", authorization: "Bearer other" });
  });
});
