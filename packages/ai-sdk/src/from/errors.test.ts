import {
  APICallError,
  EmptyResponseBodyError,
  InvalidArgumentError,
  InvalidPromptError,
  LoadAPIKeyError,
  LoadSettingError,
  NoSuchModelError,
  TooManyEmbeddingValuesForCallError,
  TypeValidationError,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import { LLMError } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { errorFacts } from "./errors.js";

const failed = (status: number | undefined, body: unknown, more: object = {}): APICallError =>
  new APICallError({
    message: "Bad",
    url: "https://x.test/v1",
    requestBodyValues: {},
    ...(status !== undefined && { statusCode: status }),
    responseBody: typeof body === "string" ? body : JSON.stringify(body),
    ...more,
  });

describe("a failed call", () => {
  it.each([
    [
      400,
      { error: { message: "prompt is too long: 300000 tokens", type: "invalid_request_error" } },
      "context-window-exceeded",
    ],
    [400, { error: { message: "Your credit balance is too low", type: "invalid_request_error" } }, "quota-exceeded"],
    [400, { error: { message: "filtered", code: "content_filter" } }, "content-policy"],
    [400, { error: { message: "API key not valid", status: "INVALID_ARGUMENT", details: [{}] } }, "invalid-request"],
    [429, { error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED" } }, "rate-limit"],
    [429, { error: { message: "You exceeded your current quota", code: "insufficient_quota" } }, "quota-exceeded"],
    [402, { error: { message: "Payment" } }, "quota-exceeded"],
    [401, { error: { message: "no" } }, "authentication"],
    [403, { message: "no" }, "permission"],
    [404, { error: "nothing here" }, "not-found"],
    [503, { error: { message: "busy" } }, "overloaded"],
    [529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded"],
    [500, { error: { message: "The context window service failed" } }, "server"],
    [504, "<html>gateway</html>", "timeout"],
    [200, "<html>hello</html>", "malformed-response"],
  ])("%i %j", (status, body, kind) => {
    expect(errorFacts(failed(status, body))).toMatchObject({ kind, status });
  });

  it("keeps code, parameter, request id and when to come back", () => {
    const body = { error: { message: "No stop", code: "unsupported_parameter", param: "stop" } };
    const responseHeaders = { "x-request-id": "r1", "retry-after": "2" };
    expect(errorFacts(failed(400, body, { responseHeaders }))).toEqual({
      kind: "invalid-request",
      status: 400,
      message: "No stop",
      code: "unsupported_parameter",
      parameter: "stop",
      requestId: "r1",
      retryAfter: 2_000,
    });
  });

  it("shows where a web page came from", () => {
    expect(errorFacts(failed(404, "<html>nginx</html>"))?.message).toBe(
      "https://x.test/v1 answered with a web page (Bad)",
    );
  });

  it("without a status is one of the connection", () => {
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    expect(errorFacts(failed(undefined, "", { cause }))).toMatchObject({ kind: "connection", code: "ECONNREFUSED" });
    expect(errorFacts(failed(undefined, "", { isRetryable: true }))).toMatchObject({ kind: "connection" });
  });

  it("around a failure of llmux's is that failure", () => {
    const inner = new LLMError({ kind: "budget-exceeded", message: "spent", provider: "openai", requestId: "q" });
    expect(errorFacts(failed(400, "", { cause: inner }))).toMatchObject({
      kind: "budget-exceeded",
      message: "spent",
      provider: "openai",
      requestId: "q",
    });
  });
});

describe("what else the AI SDK throws", () => {
  it.each([
    [new LoadAPIKeyError({ message: "OpenAI API key is missing" }), { kind: "authentication" }],
    [new LoadSettingError({ message: "no region" }), { kind: "invalid-request" }],
    [new NoSuchModelError({ modelId: "m", modelType: "languageModel" }), { kind: "not-found", parameter: "model" }],
    [new UnsupportedFunctionalityError({ functionality: "topK" }), { kind: "unsupported", parameter: "topK" }],
    [new InvalidPromptError({ prompt: [], message: "bad" }), { kind: "invalid-request", parameter: "messages" }],
    [new InvalidArgumentError({ argument: "n", message: "bad" }), { kind: "invalid-request", parameter: "n" }],
    [
      new TooManyEmbeddingValuesForCallError({
        provider: "p",
        modelId: "m",
        maxEmbeddingsPerCall: 1,
        values: ["a", "b"],
      }),
      { kind: "invalid-request", parameter: "values" },
    ],
    [new EmptyResponseBodyError(), { kind: "malformed-response" }],
    [
      new TypeValidationError({ value: { a: 1 }, cause: new Error("no") }),
      { kind: "malformed-response", text: '{"a":1}' },
    ],
    [
      new TypeValidationError({ value: { error: { message: "Overloaded", type: "overloaded_error" } }, cause: null }),
      { kind: "overloaded", message: "Overloaded" },
    ],
    [Object.assign(new Error("Gave up"), { lastError: failed(500, {}) }), { kind: "server", status: 500 }],
    [Object.assign(new Error("Gateway"), { statusCode: 402, type: "payment" }), { kind: "quota-exceeded" }],
  ])("%s", (error, facts) => {
    expect(errorFacts(error)).toMatchObject(facts);
  });

  it.each([
    [
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      { kind: "overloaded", code: "overloaded_error" },
    ],
    [
      { type: "response.failed", response: { error: { code: "rate_limit_exceeded", message: "slow" } } },
      { kind: "rate-limit" },
    ],
    ["something broke", { kind: "server", message: "something broke" }],
    [{ message: "x", code: 429 }, { kind: "rate-limit" }],
  ])("stands in a stream: %j", (error, facts) => {
    expect(errorFacts(error)).toMatchObject(facts);
  });

  it.each([new TypeError("x is undefined"), undefined, null, {}, 7])("leaves a bug a bug: %s", (error) => {
    expect(errorFacts(error)).toBeUndefined();
  });
});
