import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { collect, isLLMError, type LLMBackend, type LLMError } from "@llmux/core";
import { type Recording, ReplayServer } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bedrock } from "./adapter.js";
import { encodeFrame } from "./testing/encode-frame.js";

const SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";
const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: SECRET, region: "us-east-1" };
const request = { model: "us.amazon.nova-2-lite-v1:0", messages: [{ role: "user", content: "Hi" }] } as const;

let server: ReplayServer;
let backend: LLMBackend;
beforeAll(async () => {
  server = await ReplayServer.start();
  backend = bedrock({ ...keys, baseURL: server.url }).createBackend();
});
afterAll(() => server.stop());
afterEach(() => vi.unstubAllEnvs());

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Recording {
  const response = { status, headers, body };
  const about = { id: "e", provider: "bedrock", api: "converse", scenario: "e", wire: "json" } as const;
  return { ...about, request: {}, response, expected: undefined };
}

function streamed(...frames: Uint8Array[]): Recording {
  const response = { status: 200, body_base64: Buffer.concat(frames).toString("base64") };
  return { ...answer(200, undefined), wire: "aws-eventstream", response };
}

async function errorOf(promise: Promise<unknown>): Promise<LLMError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLLMError(error)) throw error ?? new Error("nothing was thrown");
  return error;
}

const run = () => backend.generate(request);
const runStream = () => collect(backend.stream(request));

describe("an answer that is an error", () => {
  it.each([
    [400, "ValidationException", "Malformed input request", "invalid-request", false],
    [400, "ValidationException", "Input is too long for requested model.", "context-window-exceeded", false],
    [
      400,
      "ValidationException",
      "The model returned the following errors: prompt is too long: 200082 tokens > 200000 maximum",
      "context-window-exceeded",
      false,
    ],
    [
      400,
      "ValidationException",
      "Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
      "context-window-exceeded",
      false,
    ],
    [
      400,
      "ValidationException",
      "This model's maximum context length is 8192 tokens",
      "context-window-exceeded",
      false,
    ],
    [
      400,
      "ValidationException",
      "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.",
      "invalid-request",
      false,
    ],
    [400, "ValidationException", "Output blocked by content filtering policy", "content-policy", false],
    [
      403,
      "AccessDeniedException",
      "You don't have access to the model with the specified model ID.",
      "permission",
      false,
    ],
    [403, "AccessDeniedException", "Bearer Token has expired", "authentication", false],
    [403, "ExpiredTokenException", "The security token included in the request is expired", "authentication", false],
    [403, "UnrecognizedClientException", "The security token … is invalid.", "authentication", false],
    [403, "InvalidSignatureException", "The request signature we calculated does not match", "authentication", false],
    [404, "ResourceNotFoundException", "Could not resolve the foundation model", "not-found", false],
    [408, "ModelTimeoutException", "Model has timed out", "timeout", true],
    [424, "ModelErrorException", "The system encountered an unexpected error during processing", "server", true],
    [429, "ThrottlingException", "Too many requests, please wait before trying again.", "rate-limit", true],
    [429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", "quota-exceeded", false],
    [400, "ServiceQuotaExceededException", "Your request exceeds the service quota", "quota-exceeded", false],
    [429, "ModelNotReadyException", "Model is not ready for inference", "overloaded", true],
    [500, "InternalServerException", "Oops", "server", true],
    [503, "ServiceUnavailableException", "Bedrock is unable to process your request.", "overloaded", true],
  ] as const)("%i %s: %s", async (status, type, message, kind, retryable) => {
    const headers = {
      "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      "x-amzn-requestid": "req-1",
      "retry-after": "3",
    };
    server.serve(answer(status, { message }, headers));
    const before = server.requests.length;
    for (const failing of [run, runStream]) {
      expect(await errorOf(failing())).toMatchObject({
        kind,
        retryable,
        status,
        code: type,
        message,
        requestId: "req-1",
        retryAfter: 3000,
        provider: "bedrock",
        model: request.model,
      });
    }
    // The SDK's own retries are off.
    expect(server.requests.length).toBe(before + 2);
  });

  it("is read from the body where no header names it", async () => {
    server.serve(answer(400, { __type: "com.amazon.coral.service#ThrottlingException", Message: "Slow" }));
    expect(await errorOf(run())).toMatchObject({ kind: "rate-limit", code: "ThrottlingException", message: "Slow" });
  });

  it.each([
    [502, "<html>Bad gateway</html>", "server", "a web page"],
    [503, "", "overloaded", "nothing"],
    [401, { error: "from a proxy" }, "authentication", "from a proxy"],
    [401, { error: { message: "from another" } }, "authentication", "from another"],
    [404, null, "not-found", "404"],
    [400, '{"message": "cut', "invalid-request", "cut"],
    [418, { message: null, __type: null, __proto__x: 1 }, "invalid-request", "418"],
  ] as const)("%i %j from something in between", async (status, body, kind, said) => {
    server.serve(answer(status, body));
    expect(await errorOf(run())).toMatchObject({ kind, status, message: expect.stringContaining(said) });
  });
});

describe("an answer under 200 that is none", () => {
  it.each([
    ["<html>Log in</html>", "malformed-response"],
    ["", "malformed-response"],
    ["null", "malformed-response"],
    ["[]", "malformed-response"],
    [{}, "malformed-response"],
    [{ output: null }, "malformed-response"],
    [{ output: { message: { content: [null] } } }, "malformed-response"],
    [{ __type: "ThrottlingException", message: "Slow" }, "rate-limit"],
    [{ error: { message: "no luck" } }, "server"],
  ] as const)("%j", async (body, kind) => {
    server.serve(answer(200, body));
    expect((await errorOf(run())).kind).toBe(kind);
    expect((await errorOf(runStream())).kind).toBe(kind);
  });

  it("says what came where a stream was asked for", async () => {
    server.serve(answer(200, { output: { message: { content: [{ text: "Hi" }] } }, stopReason: "end_turn" }));
    expect(await errorOf(runStream())).toMatchObject({ message: expect.stringContaining("whole message") });
    server.serve({ ...streamed(Buffer.from("data: {}\n\ndata: [DONE]\n\n")) });
    expect(await errorOf(runStream())).toMatchObject({
      kind: "malformed-response",
      text: expect.stringContaining("[DONE]"),
    });
  });
});

describe("a failure in mid-stream", () => {
  const hello = [
    encodeFrame({ ":event-type": "messageStart" }, { role: "assistant" }),
    encodeFrame({ ":event-type": "contentBlockDelta" }, { contentBlockIndex: 0, delta: { text: "Hel" } }),
  ];

  it.each([
    ["throttlingException", { message: "Slow" }, "rate-limit", "Slow"],
    [
      "modelStreamErrorException",
      { originalMessage: "Broke", originalStatusCode: 500, message: "m" },
      "server",
      "Broke",
    ],
    ["serviceUnavailableException", { message: "Busy" }, "overloaded", "Busy"],
    ["validationException", { message: "Input is too long" }, "context-window-exceeded", "Input is too long"],
    ["modelTimeoutException", { message: "Late" }, "timeout", "Late"],
    ["internalServerException", {}, "server", "{}"],
    ["inventedException", { message: "New" }, "server", "New"],
  ] as const)("%s", async (type, payload, kind, message) => {
    server.serve(streamed(...hello, encodeFrame({ ":message-type": "exception", ":exception-type": type }, payload)));
    expect(await errorOf(runStream())).toMatchObject({ kind, message, code: type, partial: { text: "Hel" } });
  });

  it("is told from an error frame too", async () => {
    const headers = { ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "Oh no" };
    server.serve(streamed(...hello, encodeFrame(headers, "")));
    expect(await errorOf(runStream())).toMatchObject({ kind: "server", code: "InternalFailure", message: "Oh no" });
  });

  it("is told from an event that is not JSON, and from a tool call without a name", async () => {
    server.serve(streamed(...hello, encodeFrame({ ":event-type": "contentBlockDelta" }, '{"delta":')));
    expect(await errorOf(runStream())).toMatchObject({ kind: "malformed-response", text: '{"delta":' });
    const start = { contentBlockIndex: 1, start: { toolUse: { toolUseId: null } } };
    server.serve(streamed(...hello, encodeFrame({ ":event-type": "contentBlockStart" }, start)));
    expect(await errorOf(runStream())).toMatchObject({ kind: "malformed-response", partial: { text: "Hel" } });
  });

  it("is an end without the end marker", async () => {
    server.serve(streamed(...hello));
    expect(await errorOf(runStream())).toMatchObject({ kind: "connection", partial: { text: "Hel" } });
    server.serve(streamed());
    expect(await errorOf(runStream())).toMatchObject({ kind: "connection" });
  });
});

describe("what fails before anything is sent", () => {
  it("missing credentials, saying how to give them", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_BEARER_TOKEN_BEDROCK"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    const before = server.requests.length;
    const none = bedrock({ region: "us-east-1", baseURL: server.url }).createBackend();
    for (const failing of [none.generate(request), collect(none.stream(request))]) {
      const error = await errorOf(failing);
      expect(error).toMatchObject({ kind: "authentication", retryable: false });
      expect(error.message).toMatch(/AWS_BEARER_TOKEN_BEDROCK.*AWS_ACCESS_KEY_ID.*AWS_PROFILE/);
    }
    const profile = bedrock({ region: "us-east-1", profile: "nobody", baseURL: server.url }).createBackend();
    expect(await errorOf(profile.generate(request))).toMatchObject({
      kind: "authentication",
      message: expect.stringContaining("nobody"),
    });
    expect(server.requests.length).toBe(before);
  });

  it("a missing region", async () => {
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
    const { region: _, ...pair } = keys;
    const error = await errorOf(
      bedrock({ ...pair, baseURL: server.url })
        .createBackend()
        .generate(request),
    );
    expect(error).toMatchObject({ kind: "invalid-request", parameter: "region" });
    expect(error.message).toContain("AWS_REGION");
  });

  it("a region or a model that is none", async () => {
    const odd = bedrock({ ...keys, region: "us east 1", baseURL: server.url }).createBackend();
    expect(await errorOf(odd.generate(request))).toMatchObject({ kind: "invalid-request", parameter: "region" });
    expect(await errorOf(backend.generate({ ...request, model: "" }))).toMatchObject({ kind: "invalid-request" });
    const before = server.requests.length;
    expect(await errorOf(backend.generate({ ...request, model: "converse/" }))).toMatchObject({
      kind: "invalid-request",
      parameter: "model",
    });
    expect(server.requests.length).toBe(before);
  });

  it("one half of a pair of keys", () => {
    expect(() => bedrock({ accessKeyId: "AKIA" }).createBackend()).toThrow(/secretAccessKey/);
    const variables = { AWS_SECRET_ACCESS_KEY: SECRET };
    expect(() => bedrock.createBackend({ variables })).toThrow(/AWS_ACCESS_KEY_ID/);
  });

  it("a server that is not there", async () => {
    const nowhere = bedrock({ ...keys, baseURL: "http://127.0.0.1:1" }).createBackend();
    expect(await errorOf(nowhere.generate(request))).toMatchObject({
      kind: "connection",
      retryable: true,
      message: expect.stringContaining("http://127.0.0.1:1"),
    });
  });
});

describe("a secret", () => {
  it("is in no error, even where the server quotes it", async () => {
    server.serve(answer(403, { message: `bad key ${SECRET}` }, { "x-amzn-errortype": "UnrecognizedClientException" }));
    const error = await errorOf(run());
    const cause = error.cause as Error & { body?: string };
    const seen = [error.message, error.stack, JSON.stringify(error), cause?.stack, JSON.stringify(cause), cause?.body];
    expect(seen.join("\n")).not.toContain(SECRET);
    expect(error.message).toContain("***");
  });
});

describe("a ready client", () => {
  it("is asked once, whatever its own retries are", async () => {
    const { region, accessKeyId, secretAccessKey } = keys;
    const client = new BedrockRuntimeClient({
      region,
      credentials: { accessKeyId, secretAccessKey },
      endpoint: server.url,
      maxAttempts: 5,
    });
    // The SDK's default speaks HTTP/2 only.
    const { FetchHandler } = await import("./fetch-handler.js");
    Object.assign(client.config, { requestHandler: new FetchHandler() });
    server.serve(answer(503, { message: "Busy" }));
    const before = server.requests.length;
    expect(await errorOf(bedrock({ client }).createBackend().generate(request))).toMatchObject({ kind: "overloaded" });
    expect(server.requests.length).toBe(before + 1);
  });
});
