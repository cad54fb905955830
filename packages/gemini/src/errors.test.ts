import type { LLMErrorKind } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { errorFromBody, errorFromResponse, toError } from "./errors.js";

const body = (code: number, status: string, message: string, details?: object[]) => ({
  error: { code, status, message, ...(details && { details }) },
});
const info = (reason: string) => ({ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason });

describe("errorFromBody", () => {
  it.each<[string, number, object, LLMErrorKind]>([
    [
      "a bad key",
      400,
      body(400, "INVALID_ARGUMENT", "API key not valid.", [info("API_KEY_INVALID")]),
      "authentication",
    ],
    [
      "a bad key, in words",
      400,
      body(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
      "authentication",
    ],
    [
      "an old token",
      401,
      body(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
      "authentication",
    ],
    ["a forbidden project", 403, body(403, "PERMISSION_DENIED", "Permission denied"), "permission"],
    [
      "no billing",
      403,
      body(403, "PERMISSION_DENIED", "This API method requires billing to be enabled."),
      "quota-exceeded",
    ],
    ["a model that is not there", 404, body(404, "NOT_FOUND", "models/x is not found"), "not-found"],
    [
      "a prompt too long",
      400,
      body(
        400,
        "INVALID_ARGUMENT",
        "The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).",
      ),
      "context-window-exceeded",
    ],
    [
      "a prompt too long, on Vertex AI",
      400,
      body(
        400,
        "INVALID_ARGUMENT",
        "Unable to submit request because the input token count is 40000 but the model only supports up to 32768.",
      ),
      "context-window-exceeded",
    ],
    [
      "a picture that may not be",
      400,
      body(
        400,
        "INVALID_ARGUMENT",
        "The prompt could not be submitted. It contains sensitive words that violate Google's Responsible AI practices.",
      ),
      "content-policy",
    ],
    ["any other fault", 400, body(400, "INVALID_ARGUMENT", "Invalid value at 'contents'"), "invalid-request"],
    [
      "another country",
      400,
      body(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
      "invalid-request",
    ],
    [
      "a minute's limit",
      429,
      body(429, "RESOURCE_EXHAUSTED", "Quota exceeded", [
        { violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", quotaValue: "10" }] },
      ]),
      "rate-limit",
    ],
    [
      "a day's quota",
      429,
      body(429, "RESOURCE_EXHAUSTED", "Quota exceeded", [
        { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] },
      ]),
      "quota-exceeded",
    ],
    [
      "a quota of nothing",
      429,
      body(429, "RESOURCE_EXHAUSTED", "limit: 0", [
        { violations: [{ quotaId: "GenerateRequestsPerMinute", quotaValue: "0" }] },
      ]),
      "quota-exceeded",
    ],
    ["spent credits", 429, body(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."), "quota-exceeded"],
    ["a full house", 503, body(503, "UNAVAILABLE", "The model is overloaded. Please try again later."), "overloaded"],
    ["a slow one", 504, body(504, "DEADLINE_EXCEEDED", "Deadline expired"), "timeout"],
    ["a broken one", 500, body(500, "INTERNAL", "An internal error has occurred: context length"), "server"],
    ["a proxy's word", 502, { message: "bad gateway" }, "server"],
    ["a proxy's text", 403, { error: "no" }, "permission"],
    [
      "hostile fields",
      400,
      { error: { status: "__proto__", message: "x", details: [null, 7, { reason: "constructor" }] } },
      "invalid-request",
    ],
    ["nothing", 500, {}, "server"],
  ])("%s", (_, status, given, kind) => {
    expect(errorFromBody(given, status)).toMatchObject({ kind, status });
  });

  it("in mid-stream goes by its own code", () => {
    expect(errorFromBody({ error: { code: 429, message: "slow" } })).toMatchObject({ kind: "rate-limit" });
    expect(errorFromBody([{ error: { message: "x" } }])).toMatchObject({ kind: "server", message: "x" });
    expect(errorFromBody(null).kind).toBe("server");
  });

  it("says when to come back", () => {
    const delay = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.4s" };
    expect(errorFromBody(body(429, "RESOURCE_EXHAUSTED", "x", [delay]), 429).retryAfter).toBe(34_400);
    expect(errorFromBody(body(429, "RESOURCE_EXHAUSTED", "Please retry in 7.5s."), 429).retryAfter).toBe(7_500);
    const headers = new Headers({ "retry-after": "3" });
    expect(errorFromBody(body(429, "RESOURCE_EXHAUSTED", "x", [delay]), 429, headers).retryAfter).toBe(3_000);
    expect(
      errorFromBody(body(429, "RESOURCE_EXHAUSTED", "x", [{ retryDelay: "soon" }]), 429).retryAfter,
    ).toBeUndefined();
  });

  it("keeps Google's own code, and the request's id", () => {
    const headers = new Headers({ "x-request-id": "r" });
    expect(errorFromBody(body(403, "PERMISSION_DENIED", "x", [info("SERVICE_DISABLED")]), 403, headers)).toMatchObject({
      code: "SERVICE_DISABLED",
      requestId: "r",
    });
    expect(errorFromBody(body(404, "NOT_FOUND", "x"), 404).code).toBe("NOT_FOUND");
  });
});

describe("errorFromResponse", () => {
  it("of a web page names the address, without what may be secret in it", async () => {
    const response = new Response("<html>", { status: 404, statusText: "Not Found" });
    const error = await errorFromResponse(response, "https://user:pw@proxy.example/v1beta/x?key=secret");
    expect(error).toMatchObject({
      kind: "not-found",
      message: "https://proxy.example/v1beta/x answered 404: Not Found",
    });
  });
});

describe("toError", () => {
  it("takes what the authentication library throws for what it is", () => {
    const none = new Error("Could not load the default credentials. Browse to https://cloud.google.com/docs");
    expect(toError(none, undefined)).toMatchObject({
      kind: "authentication",
      message: expect.stringContaining("gcloud auth"),
    });
    const refused = Object.assign(new Error("invalid_scope"), { status: 400 });
    expect(toError(refused, undefined)).toMatchObject({ kind: "authentication", status: 400 });
    const down = Object.assign(new Error("backend"), { response: { status: 503 } });
    expect(toError(down, undefined)).toMatchObject({ kind: "overloaded", status: 503 });
  });

  it("leaves bugs alone", () => {
    expect(toError(new TypeError("x is undefined"), undefined)).toBeUndefined();
    expect(toError("text", undefined)).toBeUndefined();
  });
});
