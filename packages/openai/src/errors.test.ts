import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { describe, expect, it } from "vitest";
import { errorFacts, factsFromErrorObject } from "./errors.js";

function answered(
  status: number,
  body: object | undefined,
  headers: Record<string, string> = {},
  text?: string,
): unknown {
  return APIError.generate(status, body && { error: body }, text, new Headers(headers));
}

describe("an error body", () => {
  it.each([
    [
      400,
      { code: "context_length_exceeded", message: "This model's maximum context length is 8192 tokens." },
      "context-window-exceeded",
    ],
    [
      400,
      { message: "This model's maximum context length is 1048565 tokens. However, you requested 1250025 tokens" },
      "context-window-exceeded",
    ],
    [400, { code: "content_filter", message: "The response was filtered" }, "content-policy"],
    [400, { code: "invalid_prompt", message: "Your prompt was flagged" }, "content-policy"],
    [400, { code: "content_policy_violation", message: "Rejected by the safety system" }, "content-policy"],
    [429, { code: "insufficient_quota", message: "You exceeded your current quota" }, "quota-exceeded"],
    [400, { code: "billing_hard_limit_reached", message: "Billing hard limit has been reached" }, "quota-exceeded"],
    [
      429,
      { code: "rate_limit_exceeded", message: "Request too large for gpt-4o on tokens per min (TPM): Limit 1" },
      "rate-limit",
    ],
    [429, { type: "tokens", message: "Rate limit reached" }, "rate-limit"],
    [401, { code: "invalid_api_key", message: "Incorrect API key provided" }, "authentication"],
    [400, { message: "Incorrect API key provided." }, "authentication"],
    [403, { code: "unsupported_country_region_territory", message: "Country not supported" }, "permission"],
    [400, { code: "model_not_found", message: "The requested model 'x' does not exist." }, "not-found"],
    [404, { code: "DeploymentNotFound", message: "The API deployment does not exist" }, "not-found"],
    [503, { message: "Slow down" }, "overloaded"],
    [500, { type: "server_error", message: "The server had an error" }, "server"],
    [
      400,
      { type: "invalid_request_error", param: "stop", message: "Unsupported parameter: 'stop'" },
      "invalid-request",
    ],
    [
      400,
      { message: "max_tokens is too large: 99999. This model supports at most 16384 completion tokens" },
      "invalid-request",
    ],
    [408, { message: "Request timeout" }, "timeout"],
    // Of hosts that imitate.
    [
      400,
      { type: "exceed_context_size_error", message: "the request exceeds the available context size" },
      "context-window-exceeded",
    ],
    [
      400,
      { message: "This model's maximum prompt length is 131072 but the request contains 200000 tokens." },
      "context-window-exceeded",
    ],
    [400, { message: "Your request exceeded model token limit: 8192" }, "context-window-exceeded"],
    [
      400,
      { code: "InvalidParameter", message: "Range of input length should be [1, 30720]" },
      "context-window-exceeded",
    ],
    [429, { type: "exceeded_current_quota_error", message: "Your account is suspended" }, "quota-exceeded"],
    [402, { message: "Insufficient Balance" }, "quota-exceeded"],
    [403, { message: "Your team has either used all available credits or reached its limit" }, "quota-exceeded"],
    [400, { code: "data_inspection_failed", message: "Input data may contain it" }, "content-policy"],
    [400, { status: "INVALID_ARGUMENT", message: "API key not valid. Please pass a valid API key." }, "authentication"],
    [498, { code: "capacity_exceeded", message: "Flex tier" }, "overloaded"],
  ])("%i %j", (status, body, kind) => {
    expect(errorFacts(answered(status, body))).toMatchObject({ kind, status });
  });

  it("keeps code, parameter, request id and message", () => {
    const body = { code: "unsupported_parameter", type: "invalid_request_error", param: "stop", message: "No stop" };
    expect(errorFacts(answered(400, body, { "x-request-id": "req_1" }))).toMatchObject({
      code: "unsupported_parameter",
      parameter: "stop",
      requestId: "req_1",
      message: "No stop",
    });
  });

  it("finds the request id where other hosts put it", () => {
    const idOf = (headers: Record<string, string>): unknown =>
      errorFacts(answered(500, { message: "x" }, headers))?.requestId;
    expect(idOf({ "cf-ray": "1-AMS", "mistral-correlation-id": "m" })).toBe("m");
    expect(idOf({ "cf-ray": "1-AMS" })).toBe("1-AMS");
    expect(idOf({})).toBeUndefined();
  });

  it("says when to come back: by header first, else by its text", () => {
    const body = { code: "rate_limit_exceeded", message: "Limit reached. Please try again in 1m6.2s. Visit …" };
    expect(errorFacts(answered(429, body))?.retryAfter).toBe(66_200);
    expect(errorFacts(answered(429, body, { "retry-after-ms": "70" }))?.retryAfter).toBe(70);
    expect(factsFromErrorObject({ message: "Please retry after 26 seconds." }).retryAfter).toBe(26_000);
    expect(factsFromErrorObject({ message: "Please try again in 20ms." }).retryAfter).toBe(20);
    expect(factsFromErrorObject({ message: "Please try again later." }).retryAfter).toBeUndefined();
  });

  it("obeys x-should-retry: false", () => {
    expect(errorFacts(answered(500, { message: "x" }, { "x-should-retry": "false" }))?.retryable).toBe(false);
    expect(errorFacts(answered(409, { message: "locked" }))?.retryable).toBe(true);
  });

  it("names what Azure's filter found", () => {
    const innererror = {
      code: "ResponsibleAIPolicyViolation",
      content_filter_result: { hate: { filtered: true }, violence: { filtered: false } },
    };
    const facts = errorFacts(answered(400, { code: "content_filter", message: "Filtered.", innererror }));
    expect(facts).toMatchObject({ kind: "content-policy", message: "Filtered. (filtered: hate)" });
  });

  it("of other shapes is understood too", () => {
    expect(factsFromErrorObject("Incorrect API key provided.")).toMatchObject({ kind: "authentication" });
    expect(factsFromErrorObject({ detail: "Invalid API Key" })).toMatchObject({
      kind: "authentication",
      message: "Invalid API Key",
    });
    expect(factsFromErrorObject({ code: 429, message: "Provider returned error" })).toMatchObject({
      kind: "rate-limit",
      code: "429",
    });
    expect(factsFromErrorObject({ message: { nested: true } }).message).toContain('{"nested":true}');
    const minimax = { base_resp: { status_code: 1004, status_msg: "login fail: Please carry the API secret key" } };
    expect(factsFromErrorObject(minimax)).toMatchObject({ kind: "authentication", code: "1004" });
    const upstream = { code: 400, message: "Provider returned error", metadata: { raw: "prompt is too long" } };
    expect(factsFromErrorObject(upstream)).toMatchObject({
      kind: "context-window-exceeded",
      message: "Provider returned error: prompt is too long",
    });
    expect(factsFromErrorObject({ status_code: 400, message: "Tool choice is required" })).toMatchObject({
      kind: "invalid-request",
    });
  });
});

describe("no body", () => {
  it("shows the URL and what came instead", () => {
    const facts = errorFacts(answered(404, undefined, {}, "<html>nginx</html>"), "http://host/v1/chat/completions");
    expect(facts).toMatchObject({ kind: "not-found", status: 404 });
    expect(facts?.message).toBe('http://host/v1/chat/completions answered 404: "<html>nginx</html>"');
  });

  it("of a connection that failed, or took too long", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    expect(errorFacts(new APIConnectionError({ cause }), "http://host")).toMatchObject({
      kind: "connection",
      code: "ECONNREFUSED",
    });
    expect(errorFacts(new APIConnectionError({ message: "Connection error." }), "http://host")).toMatchObject({
      kind: "connection",
    });
    expect(errorFacts(new APIConnectionTimeoutError())).toMatchObject({ kind: "timeout" });
    expect(errorFacts(new TypeError("a bug"))).toBeUndefined();
    const deep = new RangeError("Maximum call stack size exceeded");
    for (const error of [deep, new APIConnectionError({ cause: deep })])
      expect(errorFacts(error)).toMatchObject({ kind: "malformed-response" });
  });
});
