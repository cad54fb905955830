import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { collect, type GenerateRequest, type LLMBackend, type LLMError } from "@llmux/core";
import type { MistralCore } from "@mistralai/mistralai/core.js";
import { HTTPClient } from "@mistralai/mistralai/lib/http.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import adapters, { codestral, codestralCompletion, mistral } from "./index.js";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
const requests: { request: IncomingMessage; body: any }[] = [];
let handle: Handler;
let connections = 0;
const server = createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  requests.push({ request, body: text && JSON.parse(text) });
  handle(request, response);
});
server.on("connection", () => {
  connections++;
});
let url: string;
let backend: LLMBackend;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  backend = mistral({ apiKey: "secret-key", baseURL: url }).createBackend();
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

const request: GenerateRequest = {
  model: "mistral-small-latest",
  messages: [{ role: "user", content: "Hello" }],
};

function text(body: string, type: string, status = 200, headers = {}): Handler {
  return (_, response) => response.writeHead(status, { "content-type": type, ...headers }).end(body);
}
const json = (body: unknown, status = 200, headers = {}) =>
  text(JSON.stringify(body), "application/json", status, headers);
const sse = (...events: unknown[]) =>
  text(
    events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join(""),
    "text/event-stream",
  );

const reply = (message: object, rest: object = {}) => ({
  id: "r1",
  object: "chat.completion",
  model: "mistral-small-2603",
  created: 1_700_000_000,
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", ...message } }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  ...rest,
});
const chunk = (delta: object, finish_reason: string | null = null, rest: object = {}) => ({
  id: "r1",
  object: "chat.completion.chunk",
  model: "m",
  choices: [{ index: 0, delta, finish_reason }],
  ...rest,
});
const hello = () => json(reply({ content: "Hi" }));

/** Calls, whole and streamed, and gives what was thrown. */
async function failures(of = backend): Promise<LLMError[]> {
  const calls = [of.generate(request), collect(of.stream(request))];
  return Promise.all(
    calls.map((call) =>
      call.then(
        () => expect.fail("did not fail"),
        (error: LLMError) => error,
      ),
    ),
  );
}

describe("how it asks", () => {
  it.each(["", "/", "/v1", "/v1/", "/proxy/v1"])("finds the API under a base URL that ends in %j", async (end) => {
    handle = hello();
    await mistral({ apiKey: "k", baseURL: `${url}${end}` })
      .createBackend()
      .generate(request);
    const prefix = end.startsWith("/proxy") ? "/proxy" : "";
    expect(requests[0]?.request.url).toBe(`${prefix}/v1/chat/completions`);
    expect(requests[0]?.request.headers.authorization).toBe("Bearer k");
  });

  it("asks as the SDK does, with headers of the call's over those of the configuration", async () => {
    handle = hello();
    const own = mistral({ apiKey: "k", baseURL: url, headers: { "x-a": "1", "x-b": "1" } }).createBackend();
    await own.generate({ ...request, headers: { "x-b": "2" } });
    const { headers } = requests[0]!.request;
    expect(headers).toMatchObject({ "x-a": "1", "x-b": "2", "content-type": "application/json" });
    expect(headers["user-agent"]).toMatch(/mistral-client-typescript/);
  });

  it("takes the key and the address from the environment, and nothing the SDK would find there by itself", async () => {
    handle = hello();
    vi.stubEnv("MISTRAL_API_KEY", "from the process");
    const variables = { MISTRAL_API_KEY: "from-env", MISTRAL_API_BASE: `${url}/v1` };
    await mistral.createBackend({ variables }).generate(request);
    expect(requests[0]?.request.headers.authorization).toBe("Bearer from-env");
    vi.unstubAllEnvs();
    expect(() => mistral.createBackend({ variables: {} })).toThrow(/MISTRAL_API_KEY/);
  });

  it("asks for a key where it is Mistral's own server", async () => {
    for (const baseURL of ["https://api.mistral.ai", "https://api.eu.mistral.ai/v1"]) {
      expect(() => mistral({ baseURL }).createBackend()).toThrow(/MISTRAL_API_KEY/);
    }
    expect(() => codestral.createBackend({ variables: { MISTRAL_API_KEY: "k" } })).toThrow(/CODESTRAL_API_KEY/);
    handle = hello();
    await mistral({ baseURL: url }).createBackend().generate(request);
    expect(requests[0]?.request.headers).not.toHaveProperty("authorization");
  });

  it("goes to Codestral's own endpoint, for completions where that is asked for", async () => {
    const asked: [string, unknown][] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push([(input as Request).url, await (input as Request).json()]);
      return new Response(JSON.stringify(reply({ content: "x" })), { headers: { "content-type": "application/json" } });
    };
    const apiKey = "k";
    await codestral({ apiKey, fetch }).createBackend().generate(request);
    const completion = codestralCompletion({ apiKey, fetch, baseURL: undefined }).createBackend();
    const providerOptions = { "text-completion-codestral": { suffix: "}" }, mistral: { min_tokens: 1 } };
    const result = await completion.generate({ ...request, providerOptions });
    expect(result.provider).toBe("text-completion-codestral");
    expect(asked).toMatchObject([
      ["https://codestral.mistral.ai/v1/chat/completions", { messages: [{ role: "user", content: "Hello" }] }],
      ["https://codestral.mistral.ai/v1/fim/completions", { prompt: "Hello", suffix: "}", min_tokens: 1 }],
    ]);
    expect(adapters.map(({ id }) => id)).toEqual(["mistral", "codestral", "text-completion-codestral"]);
  });

  it("uses a ready client's address, key, hooks and HTTP client, but not its retries", async () => {
    const seen: string[] = [];
    const httpClient = new HTTPClient();
    httpClient.addHook("beforeRequest", (sent) => void seen.push(sent.url));
    const retryConfig = { strategy: "backoff" as const };
    // The types of the SDK's whole client don't compile against TypeScript 7's own library; those of its core do.
    const { Mistral } = (await import("@mistralai/mistralai" as string)) as { Mistral: typeof MistralCore };
    const client = new Mistral({ apiKey: async () => "lazy", serverURL: url, httpClient, retryConfig });
    const own = mistral({ client }).createBackend();
    handle = json({ message: "down" }, 503);
    await expect(own.generate(request)).rejects.toMatchObject({ kind: "overloaded" });
    expect(requests).toHaveLength(1);
    handle = hello();
    expect((await own.generate(request)).text).toBe("Hi");
    expect(requests[1]?.request.headers.authorization).toBe("Bearer lazy");
    const keyless = mistral({ client: new Mistral({ serverURL: url }), apiKey: "beside" }).createBackend();
    await keyless.generate(request);
    expect(requests[2]?.request.headers.authorization).toBe("Bearer beside");
    expect(seen).toEqual([`${url}/v1/chat/completions`, `${url}/v1/chat/completions`]);
  });

  it("keeps a connection alive after a stream, and closes it when the stream is left or aborted", async () => {
    const events = [chunk({ content: "a" }), chunk({ content: "b" }, "stop"), "[DONE]"];
    handle = sse(...events);
    await collect(backend.stream(request));
    const before = connections;
    await collect(backend.stream(request));
    expect(connections).toBe(before);
    for (const how of ["break", "abort"] as const) {
      const closed = new Promise<void>((resolve) => {
        handle = (_, response) => {
          response.on("close", resolve);
          response.writeHead(200, { "content-type": "text/event-stream" });
          response.write(`data: ${JSON.stringify(chunk({ content: "a" }))}\n\n`);
        };
      });
      const controller = new AbortController();
      const read = async (): Promise<void> => {
        for await (const event of backend.stream({ ...request, signal: controller.signal })) {
          if (event.type !== "text-delta") continue;
          if (how === "break") break;
          controller.abort();
        }
      };
      if (how === "abort") await expect(read()).rejects.toMatchObject({ kind: "aborted" });
      else await read();
      await closed;
    }
  });

  it("ends a call that is aborted before its answer", async () => {
    const controller = new AbortController();
    handle = () => controller.abort();
    await expect(backend.generate({ ...request, signal: controller.signal })).rejects.toMatchObject({
      kind: "aborted",
    });
  });
});

describe("what it makes of answers", () => {
  it("keeps what the SDK's types don't know, and takes an unknown finish reason", async () => {
    const body = reply({ content: "Hi", mood: "good" }, { surprise: [1] });
    (body.choices[0] as any).finish_reason = "tired";
    handle = json(body);
    expect(await backend.generate(request)).toMatchObject({
      text: "Hi",
      finishReason: { unified: "other", raw: "tired" },
      providerMetadata: { mistral: { mood: "good", surprise: [1] } },
      response: { id: "r1", model: "mistral-small-2603", createdAt: new Date(1_700_000_000_000) },
    });
  });

  it("does without what is null or missing, and makes up no counts", async () => {
    handle = json({ choices: [{ message: { content: null, tool_calls: null } }], usage: null });
    expect(await backend.generate(request)).toMatchObject({
      content: [],
      text: "",
      finishReason: { unified: "other", raw: undefined },
      usage: { inputTokens: { total: undefined }, outputTokens: { total: undefined } },
    });
  });

  it("is not taken in by prototype keys", async () => {
    handle = text(
      '{"__proto__":{"polluted":1},"constructor":{"x":1},"choices":[{"index":0,"finish_reason":"stop","message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}],"__proto__":{"polluted":2}},{"type":"text","text":"ok"}],"tool_calls":[{"id":"abcdefghi","function":{"name":"__proto__","arguments":"{\\"__proto__\\":1}"}}]}}]}',
      "application/json",
    );
    const result = await backend.generate(request);
    expect(result.text).toBe("ok");
    expect(({} as any).polluted).toBeUndefined();
    expect(result.providerMetadata!.mistral!.polluted).toBeUndefined();
    expect(result.toolCalls[0]?.name).toBe("__proto__");
  });

  it("warns of a deprecated model on the result instead of on the console, and its streams can still be left", async () => {
    const header = { "x-model-deprecation-timestamp": "2026-12-31T00:00:00Z" };
    handle = json(reply({ content: "Hi" }), 200, header);
    const { warnings } = await backend.generate(request);
    expect(warnings).toEqual([
      expect.objectContaining({ parameter: "model", message: expect.stringContaining("2026") }),
    ]);
    const closed = new Promise<void>((resolve) => {
      handle = (_, response) => {
        response.on("close", resolve);
        response.writeHead(200, { "content-type": "text/event-stream", ...header });
        response.write(`data: ${JSON.stringify(chunk({ content: "a" }))}\n\n`);
      };
    });
    for await (const event of backend.stream(request)) if (event.type === "text-delta") break;
    await closed;
  });
});

describe("failures", () => {
  const object = (message: unknown, rest: object = {}) => ({
    object: "error",
    message,
    type: "",
    param: null,
    code: null,
    ...rest,
  });

  it.each([
    [401, { detail: "Invalid API Key" }, { kind: "authentication", message: "Invalid API Key" }],
    [401, { message: "Unauthorized", request_id: "q1" }, { kind: "authentication", requestId: "q1" }],
    [401, { message: "Inactive subscription or usage limit reached" }, { kind: "quota-exceeded", retryable: false }],
    [402, { message: "Payment required" }, { kind: "quota-exceeded" }],
    [403, { message: "You can't use this model" }, { kind: "permission" }],
    [403, object("Input blocked by guardrail: violence"), { kind: "content-policy" }],
    [404, { message: "no Route matched with those values" }, { kind: "not-found", message: /asked: http/ }],
    [400, object("Invalid model: gpt-4", { type: "invalid_model", code: "1500" }), { kind: "not-found", code: "1500" }],
    [
      400,
      object("Prompt contains 40001 tokens and 0 draft tokens, too large for model with 32768 maximum context length", {
        type: "invalid_request_invalid_args",
        code: "3051",
      }),
      { kind: "context-window-exceeded", code: "3051", retryable: false },
    ],
    [
      400,
      object("Expected last role User or Tool", { type: "invalid_request_message_order" }),
      { kind: "invalid-request" },
    ],
    [
      422,
      object({ detail: [{ type: "extra_forbidden", loc: ["body", "foo"], msg: "Extra inputs are not permitted" }] }),
      { kind: "invalid-request", parameter: "foo", message: "foo: Extra inputs are not permitted" },
    ],
    [
      422,
      { detail: [{ loc: ["body", "messages", 0, "role"], msg: "Field required", type: "missing" }] },
      { kind: "invalid-request", parameter: "messages.0.role" },
    ],
    [
      429,
      object("Rate limit exceeded", { type: "rate_limited", code: "1300" }),
      { kind: "rate-limit", code: "1300", retryable: true },
    ],
    [429, { message: "Requests rate limit exceeded" }, { kind: "rate-limit" }],
    [429, object("Service tier capacity exceeded for this model."), { kind: "overloaded", retryable: true }],
    [429, { message: "Monthly usage limit reached" }, { kind: "quota-exceeded" }],
    [500, object("Internal error while reading the maximum context length"), { kind: "server", retryable: true }],
    [503, object("Service unavailable", { type: "internal_server_error" }), { kind: "overloaded" }],
    [400, { error: { message: "a proxy's form", type: "invalid_request_error" } }, { message: "a proxy's form" }],
    [400, {}, { kind: "invalid-request" }],
    [400, null, { kind: "invalid-request" }],
  ])("%i %j", async (status, body, expected: any) => {
    handle = json(body, status, { "mistral-correlation-id": expected.requestId ?? "c1", "retry-after": "7" });
    for (const error of await failures()) {
      const { message, ...facts } = expected;
      expect(error).toMatchObject({ status, requestId: "c1", retryAfter: 7000, provider: "mistral", ...facts });
      if (message) expect(error.message).toMatch(message);
      expect(JSON.stringify(error) + String(error.cause)).not.toContain("secret-key");
    }
  });

  it("under a status of success, and in mid-stream", async () => {
    const overload = object("Service tier capacity exceeded for this model.", {
      type: "service_tier_capacity_exceeded",
    });
    handle = json(overload);
    for (const error of await failures()) expect(error).toMatchObject({ kind: "overloaded" });
    for (const reported of [overload, { error: { message: overload.message } }]) {
      handle = sse(chunk({ content: "Half a" }), reported);
      const error = await collect(backend.stream(request)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind: "overloaded", retryable: true, partial: { text: "Half a" } });
    }
  });

  it.each([
    ["an empty body", text("", "application/json"), /malformed|connection/],
    ["no JSON", text("oops", "application/json"), /malformed/],
    ["a web page", text("<html>Hi</html>", "text/html"), /malformed/],
    ["another JSON", json({ hello: 1 }), /malformed/],
    ["null", json(null), /malformed/],
    ["a list", json([]), /malformed/],
    ["no choices", json({ id: "x", choices: [] }), /malformed/],
    ["a choice of null", json({ choices: [null] }), /malformed/],
    ["content that is a number", json(reply({ content: 7 })), /malformed/],
    ["a call of null", json(reply({ tool_calls: [null] })), /malformed/],
    ["a call without a name", json(reply({ tool_calls: [{ id: "abcdefghi" }] })), /malformed/],
    ["a broken gateway's page", text("<html>Bad gateway</html>", "text/html", 502), /server/],
    ["a broken connection", (_: unknown, response: ServerResponse) => void response.destroy(), /connection/],
  ] as [string, Handler, RegExp][])("%s", async (_, answer, kind) => {
    handle = answer;
    for (const error of await failures()) expect(error.kind, error.message).toMatch(kind);
  });

  it.each([
    ["an event that is no JSON", sse(chunk({ content: "a" }), "{oops", chunk({ content: "b" })), "malformed-response"],
    ["an event that is null", sse("null"), "malformed-response"],
    ["no event but the last", sse("[DONE]"), "malformed-response"],
    ["nothing", text("", "text/event-stream"), "connection"],
    ["no end", sse(chunk({ content: "a" }, "stop")), "connection"],
  ])("a stream with %s", async (_, answer, kind) => {
    handle = answer;
    await expect(collect(backend.stream(request))).rejects.toMatchObject({ kind });
  });

  it("nobody listens", async () => {
    const nobody = mistral({ apiKey: "secret-key", baseURL: "http://127.0.0.1:9" }).createBackend();
    for (const error of await failures(nobody)) {
      expect(error).toMatchObject({ kind: "connection", retryable: true });
      expect(error.message).toContain("http://127.0.0.1:9");
    }
  });

  it("an address with credentials is refused, and not shown", () => {
    const make = () => mistral({ apiKey: "k", baseURL: "https://user:hidden@proxy.example" }).createBackend();
    expect(make).toThrow(/baseURL/);
    expect(make).not.toThrow(/hidden/);
  });

  it("a fetch's own errors come through", async () => {
    const thrown = new TypeError("odd");
    const fetch = async (): Promise<Response> => {
      throw thrown;
    };
    const own = mistral({ apiKey: "k", fetch }).createBackend();
    await expect(own.generate(request)).rejects.toBe(thrown);
  });
});
