import { collect, isLLMError, type LLMBackend, type LLMError } from "@llmux/core";
import { type Recording, ReplayServer } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anthropic } from "./adapter.js";

const KEY = "sk-ant-api03-secretsecretsecret";
const request = { model: "claude-sonnet-4-6", messages: [{ role: "user", content: "Hi" }] } as const;

let server: ReplayServer;
let backend: LLMBackend;
beforeAll(async () => {
  server = await ReplayServer.start();
  backend = anthropic({ apiKey: KEY, baseURL: server.url }).createBackend();
});
afterAll(() => server.stop());

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Recording {
  const response = { status, headers, body };
  return {
    id: "e",
    provider: "anthropic",
    api: "messages",
    scenario: "e",
    wire: "json",
    request: {},
    response,
    expected: undefined,
  };
}
const failure = (type: string, message: string, details?: object) => ({
  type: "error",
  error: { type, message, details },
  request_id: "req_b",
});

async function errorOf(promise: Promise<unknown>): Promise<LLMError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLLMError(error)) throw error;
  return error;
}

describe("errors", () => {
  it.each([
    [400, failure("invalid_request_error", "max_tokens: Field required"), "invalid-request", false],
    [
      400,
      failure("invalid_request_error", "prompt is too long: 2 tokens > 1 maximum"),
      "context-window-exceeded",
      false,
    ],
    [429, failure("rate_limit_error", "Extra usage is required for long context requests."), "quota-exceeded", false],
    [
      400,
      failure("invalid_request_error", "input length and `max_tokens` exceed context limit: 1 + 2 > 2"),
      "context-window-exceeded",
      false,
    ],
    [
      400,
      failure("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
      "quota-exceeded",
      false,
    ],
    [
      400,
      failure("invalid_request_error", "You have reached your specified API usage limits."),
      "quota-exceeded",
      false,
    ],
    [400, failure("invalid_request_error", "Output blocked by content filtering policy"), "content-policy", false],
    [401, failure("authentication_error", "invalid x-api-key"), "authentication", false],
    [402, failure("billing_error", "Pay"), "quota-exceeded", false],
    [403, failure("permission_error", "No"), "permission", false],
    [404, failure("not_found_error", "model: x"), "not-found", false],
    [413, failure("request_too_large", "Too large"), "invalid-request", false],
    [429, failure("rate_limit_error", "Slow down"), "rate-limit", true],
    [429, failure("rate_limit_error", "Over", { error_code: "enforced_spend_limit_reached" }), "quota-exceeded", false],
    [500, failure("api_error", "Oops"), "server", true],
    [504, failure("timeout_error", "Late"), "timeout", true],
    [529, failure("overloaded_error", "Overloaded"), "overloaded", true],
    [502, "<html>Bad gateway</html>", "server", true],
    [503, { message: "from a proxy" }, "overloaded", true],
    [401, { error: "from a proxy" }, "authentication", false],
  ] as const)("%i %j", async (status, body, kind, retryable) => {
    server.serve(answer(status, body, { "request-id": "req_h" }));
    const error = await errorOf(backend.generate(request));
    expect(error).toMatchObject({
      kind,
      retryable,
      status,
      requestId: "req_h",
      provider: "anthropic",
      model: request.model,
    });
    expect(server.requests.length).toBeGreaterThan(0);
  });

  it("asks once: the SDK's own retries are off", async () => {
    server.serve(answer(529, failure("overloaded_error", "Overloaded")));
    const before = server.requests.length;
    await errorOf(backend.generate(request));
    expect(server.requests.length).toBe(before + 1);
  });

  it("heeds x-should-retry and retry-after", async () => {
    server.serve(answer(429, failure("rate_limit_error", "Slow"), { "x-should-retry": "false", "retry-after": "7" }));
    expect(await errorOf(backend.generate(request))).toMatchObject({
      kind: "rate-limit",
      retryable: false,
      retryAfter: 7000,
    });
    server.serve(
      answer(400, failure("invalid_request_error", "Your credit balance is too low"), { "x-should-retry": "true" }),
    );
    expect(await errorOf(backend.generate(request))).toMatchObject({ kind: "quota-exceeded", retryable: false });
  });

  it("tells an error under a 200, a reply that is no message, and one that is not JSON", async () => {
    server.serve(answer(200, failure("overloaded_error", "Overloaded")));
    expect(await errorOf(backend.generate(request))).toMatchObject({ kind: "overloaded", requestId: "req_b" });
    server.serve(answer(200, { hello: "world" }));
    expect(await errorOf(backend.generate(request))).toMatchObject({
      kind: "malformed-response",
      text: '{"hello":"world"}',
    });
    server.serve(answer(200, "<html>Log in</html>"));
    expect(await errorOf(backend.generate(request))).toMatchObject({
      kind: "malformed-response",
      text: "<html>Log in</html>",
    });
  });

  it("tells what came where a stream was asked for", async () => {
    const ask = (body: unknown, headers?: Record<string, string>) => {
      server.serve(answer(200, body, headers));
      return collect(backend.stream(request));
    };
    expect(await errorOf(ask(failure("overloaded_error", "Overloaded")))).toMatchObject({ kind: "overloaded" });
    expect(await errorOf(ask({ error: { message: "no luck" } }))).toMatchObject({ kind: "server", message: "no luck" });
    expect(await errorOf(ask({ type: "message", content: [] }))).toMatchObject({
      kind: "malformed-response",
      message: expect.stringContaining("stream was asked for"),
    });
    const page = ask("<html>Log in</html>", { "content-type": "text/html" });
    expect(await errorOf(page)).toMatchObject({ kind: "malformed-response", text: "<html>Log in</html>" });
    // Labelled JSON all the same.
    const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
    const start = { type: "message_start", message: { id: "m", content: [] } };
    expect((await ask(event(start) + event({ type: "message_stop" }))).response.id).toBe("m");
  });

  it("tells an error without a type, under a 200 and in mid-stream", async () => {
    server.serve(answer(200, { error: { message: "no luck" } }));
    expect(await errorOf(backend.generate(request))).toMatchObject({ kind: "server", message: "no luck" });
    const body = 'event: error\ndata: {"error":{"type":"rate_limit_error","message":"Slow"}}\n\n';
    server.serve(answer(200, body, { "content-type": "text/event-stream" }));
    expect(await errorOf(collect(backend.stream(request)))).toMatchObject({ kind: "rate-limit", message: "Slow" });
  });

  it("tells a server that is not there from a broken connection", async () => {
    const nowhere = anthropic({ apiKey: KEY, baseURL: "http://127.0.0.1:1" }).createBackend();
    const error = await errorOf(nowhere.generate(request));
    expect(error).toMatchObject({ kind: "connection", retryable: true });
    expect(error.message).toContain("http://127.0.0.1:1");
    server.serve(answer(200, { type: "message", content: [] }), { breakAfter: 5 });
    expect((await errorOf(backend.generate(request))).kind).toBe("connection");
  });

  it("holds no key, even where the server quotes it", async () => {
    server.serve(answer(401, failure("authentication_error", `invalid x-api-key: ${KEY}`)));
    const error = await errorOf(backend.generate(request));
    const seen = [
      error.message,
      error.stack,
      JSON.stringify(error),
      String((error.cause as Error)?.stack),
      JSON.stringify(error.cause),
    ];
    expect(seen.join("\n")).not.toContain(KEY);
    expect(error.message).toContain("***");
  });

  it("says before the first call what is missing", () => {
    expect(() => anthropic().createBackend()).toThrow(/ANTHROPIC_API_KEY/);
    expect(() => anthropic().createBackend({ variables: { ANTHROPIC_AUTH_TOKEN: "token" } })).not.toThrow();
  });
});
