import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { GoogleGenAI } from "@google/genai";
import { GoogleGenAI as WebClient } from "@google/genai/web";
import { collect, type GenerateRequest, type LLMBackend } from "@llmux/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { gemini, vertexAI } from "./index.js";

const printed = (["log", "warn", "error", "info"] as const).map((name) => vi.spyOn(console, name));
let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const asked: { method: string; path: string; headers: IncomingMessage["headers"]; body: any }[] = [];
let backend: LLMBackend;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const { method = "", url: path = "", headers } = request;
    asked.push({ method, path, headers, body: text === "" ? undefined : JSON.parse(text) });
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  backend = gemini({ apiKey: "AIza-secret-key", baseURL: url }).createBackend();
});
afterEach(() => {
  for (const spy of printed) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockClear();
  }
});

const request: GenerateRequest = { model: "gemini-2.5-flash", messages: [{ role: "user", content: "Hi" }] };
const OK = { candidates: [{ content: { parts: [{ text: "ok" }] }, finishReason: "STOP" }] };
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => {
  answer = (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
};
const sse = (...pieces: unknown[]) => {
  answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(
      pieces.map((piece) => (typeof piece === "string" ? piece : `data: ${JSON.stringify(piece)}\n\n`)).join(""),
    );
  };
};
const said = (...parts: object[]) => ({ candidates: [{ content: { parts } }] });
const failure = (call: Promise<unknown>): Promise<any> =>
  call.then(
    () => expect.fail("it passed"),
    (error) => error,
  );

describe("a request", () => {
  it("goes to the model's method, with the key and the caller's headers", async () => {
    json(OK);
    const own = gemini({ apiKey: "k1", baseURL: url, headers: { "x-a": "1", "x-b": "1" } }).createBackend();
    await own.generate({ ...request, headers: { "X-B": "2", "Content-Type": "application/json; charset=utf-8" } });
    expect(asked).toMatchObject([
      {
        method: "POST",
        path: "/v1beta/models/gemini-2.5-flash:generateContent",
        headers: { "x-goog-api-key": "k1", "x-a": "1", "x-b": "2", "content-type": "application/json; charset=utf-8" },
      },
    ]);
    sse(said({ text: "ok" }), OK);
    await collect(own.stream(request));
    expect(asked[1]?.path).toBe("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
  });

  it.each([
    ["/v1", "/v1/models"],
    ["/v1beta/", "/v1beta/models"],
    ["/router/v2/google/v1beta", "/router/v2/google/v1beta/models"],
    ["/router/v2", "/router/v2/v1beta/models"],
  ])("to a base URL that ends in %s", async (end, path) => {
    json(OK);
    await gemini({ apiKey: "k", baseURL: url + end })
      .createBackend()
      .generate(request);
    expect(asked[0]?.path).toBe(`${path}/gemini-2.5-flash:generateContent`);
  });

  it("is configured by the environment, and says all that is missing", async () => {
    json(OK);
    const variables = { GOOGLE_GEMINI_BASE_URL: url, GOOGLE_API_KEY: "from-env", GOOGLE_GENAI_API_VERSION: "v1alpha" };
    await gemini.createBackend({ variables }).generate(request);
    expect(asked[0]).toMatchObject({
      path: expect.stringMatching(/^\/v1alpha/),
      headers: { "x-goog-api-key": "from-env" },
    });
    expect(() => gemini.createBackend({ variables: {} })).toThrow(/GEMINI_API_KEY or GOOGLE_API_KEY/);
    expect(() => vertexAI.createBackend({ variables: {} })).toThrow(/GOOGLE_CLOUD_PROJECT or VERTEXAI_PROJECT/);
  });

  it("goes through a client and a fetch that are handed in, once", async () => {
    json({ error: { code: 503, message: "busy", status: "UNAVAILABLE" } }, 503);
    let calls = 0;
    const fetch: typeof globalThis.fetch = (...args) => {
      calls++;
      return globalThis.fetch(...args);
    };
    const httpOptions = { baseUrl: url, fetch, timeout: 1, retryOptions: { attempts: 3, initialDelay: 0.01 } };
    for (const client of [
      new WebClient({ apiKey: "theirs", apiVersion: "v1", httpOptions: { ...httpOptions } }),
      new GoogleGenAI({ apiKey: "theirs", apiVersion: "v1", httpOptions: { ...httpOptions } }),
    ]) {
      calls = 0;
      asked.length = 0;
      const given = gemini({ client }).createBackend();
      await expect(given.generate(request)).rejects.toMatchObject({ kind: "overloaded", status: 503 });
      expect([calls, asked.length]).toEqual([1, 1]);
      expect(asked[0]).toMatchObject({
        path: expect.stringMatching(/^\/v1\//),
        headers: { "x-goog-api-key": "theirs" },
      });
    }
  });

  it("refuses a client that is none", async () => {
    const client = { models: { generateContent: async () => ({}) } };
    await expect(gemini({ client }).createBackend().generate(request)).rejects.toMatchObject({ parameter: "client" });
  });
});

describe("an answer", () => {
  it("tells its id, model, time and headers", async () => {
    json({ ...OK, responseId: "r1", modelVersion: "gemini-2.5-flash-002", createTime: "2026-01-02T03:04:05Z" }, 200, {
      "x-request-id": "req-1",
    });
    const { response } = await backend.generate(request);
    expect(response).toMatchObject({
      id: "r1",
      model: "gemini-2.5-flash-002",
      createdAt: new Date("2026-01-02T03:04:05Z"),
      requestId: "req-1",
    });
    expect(response.headers).toMatchObject({ "content-type": "application/json" });
  });

  it("that was refused is a result, and says why", async () => {
    json({
      promptFeedback: { blockReason: "PROHIBITED_CONTENT", safetyRatings: [] },
      usageMetadata: { promptTokenCount: 4 },
    });
    const result = await backend.generate(request);
    expect(result).toMatchObject({
      text: "",
      finishReason: { unified: "content-filter", raw: "PROHIBITED_CONTENT" },
      usage: { inputTokens: { total: 4 } },
      providerMetadata: { gemini: { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } } },
    });
  });

  it("takes nulls for what is missing", async () => {
    json({
      candidates: [
        {
          content: {
            parts: [null, {}, { text: null }, { text: "a", thought: null, thoughtSignature: null }],
            role: null,
          },
          finishReason: "STOP",
          index: null,
          groundingMetadata: null,
        },
      ],
      usageMetadata: { promptTokenCount: null, candidatesTokenCount: 2 },
      promptFeedback: null,
      modelVersion: null,
      createTime: "not a time",
    });
    const result = await backend.generate(request);
    expect(result.text).toBe("a");
    expect(result.usage).toMatchObject({
      inputTokens: { total: undefined },
      outputTokens: { total: 2, reasoning: undefined },
    });
    expect(result.response.createdAt).toBeUndefined();
  });

  it("takes anything else for nothing", async () => {
    const hostile = {
      candidates: [
        {
          content: { parts: ["text", 7, { functionCall: { name: "f", args: null, partialArgs: 7 } }, { text: "a" }] },
          groundingMetadata: { groundingSupports: 7, groundingChunks: 7 },
          citationMetadata: { citations: "x" },
          finishReason: "constructor",
        },
      ],
      usageMetadata: 7,
    };
    sse({ candidates: "x" }, { candidates: [null] }, { candidates: [{ content: "x" }] }, hostile);
    const { text, finishReason, toolCalls } = await collect(backend.stream(request));
    expect([text, finishReason, toolCalls.length]).toEqual(["a", { unified: "other", raw: "constructor" }, 1]);
  });

  it("holds pictures and sounds, and no picture that was only thought of", async () => {
    const inlineData = { mimeType: "image/png", data: "aGk=" };
    json({
      candidates: [
        {
          content: {
            parts: [
              { thought: true, inlineData },
              { inlineData, thoughtSignature: "S" },
              { inlineData: { mimeType: "audio/L16;rate=24000", data: "aGk=" } },
              { fileData: { mimeType: "video/mp4", fileUri: "gs://b/v.mp4" } },
            ],
          },
          finishReason: "STOP",
        },
      ],
    });
    const { content } = await backend.generate(request);
    expect(content).toEqual([
      { type: "provider", provider: "gemini", value: { thought: true, inlineData } },
      { type: "image", data: "aGk=", mediaType: "image/png", providerMetadata: { gemini: { thoughtSignature: "S" } } },
      { type: "audio", data: "aGk=", mediaType: "audio/L16;rate=24000" },
      { type: "file", data: { fileId: "gs://b/v.mp4" }, mediaType: "video/mp4" },
    ]);
  });

  it("rests on sources: offsets are in UTF-16, also where the sources come after a signature", async () => {
    const text = "Grüße 👋 aus Oslo. It snows.";
    const bytes = (end: number) => Buffer.byteLength(text.slice(0, end));
    const from = text.indexOf("It");
    sse(said({ text: text.slice(0, 12) }), said({ text: text.slice(12) }), said({ text: "", thoughtSignature: "S" }), {
      candidates: [
        {
          finishReason: "STOP",
          groundingMetadata: {
            webSearchQueries: ["snow"],
            groundingChunks: [
              { web: { uri: "https://a.example", title: "A" } },
              { maps: { uri: "https://m.example", title: "M" } },
            ],
            groundingSupports: [
              {
                segment: { startIndex: bytes(from), endIndex: bytes(text.length), text: "It snows." },
                groundingChunkIndices: [0, 1, 9],
              },
              { segment: { endIndex: 3, text: "elsewhere" }, groundingChunkIndices: [0] },
            ],
          },
        },
      ],
    });
    const result = await collect(backend.stream(request));
    const [first, second] = result.content as any[];
    expect(first.text).toBe(text);
    expect(first.citations).toMatchObject([
      { url: "https://a.example", title: "A", text: "It snows.", start: from, end: text.length },
      { url: "https://m.example", title: "M", text: "It snows.", start: from, end: text.length },
      { url: "https://a.example", text: "elsewhere" },
    ]);
    expect(first.citations[2]).not.toHaveProperty("start");
    expect(second).toEqual({ type: "text", text: "", providerMetadata: { gemini: { thoughtSignature: "S" } } });
    expect(result.providerMetadata?.gemini).toMatchObject({ groundingMetadata: { webSearchQueries: ["snow"] } });
  });

  it("streams arguments as JSON, nested and with hostile names", async () => {
    const call = (...partialArgs: object[]) => said({ functionCall: { partialArgs, willContinue: true } });
    sse(
      said({ functionCall: { name: "f", id: "fc-1", willContinue: true } }),
      call({ jsonPath: "$.a", stringValue: 'say "', willContinue: true }),
      call({ jsonPath: "$.a", stringValue: 'hi"\n' }),
      call({ jsonPath: "$.list[0].x", numberValue: 1 }, { jsonPath: "$.list[0]['y z']", boolValue: false }),
      call({ jsonPath: "$.list[1].x", nullValue: "NULL_VALUE" }, { jsonPath: "$.__proto__.polluted", numberValue: 1 }),
      { candidates: [{ content: { parts: [{ functionCall: {} }] }, finishReason: "STOP" }] },
    );
    let text = "";
    const result = await collect(
      (async function* () {
        for await (const event of backend.stream(request)) {
          if (event.type === "tool-input-delta") text += event.delta;
          yield event;
        }
      })(),
    );
    const wanted = '{"a":"say \\"hi\\"\\n","list":[{"x":1,"y z":false},{"x":null}],"__proto__":{"polluted":1}}';
    expect(text).toBe(wanted);
    expect(JSON.stringify(result.toolCalls[0]?.input)).toBe(wanted);
    expect(result.toolCalls).toHaveLength(1);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("a bad answer", () => {
  it.each([
    ["garbage", "{oops", "malformed-response"],
    ["nothing", "", "malformed-response"],
    ["null", "null", "malformed-response"],
    ["no candidates", '{"candidates":[]}', "malformed-response"],
    ["null candidates", '{"candidates":[null]}', "malformed-response"],
    ["candidates that are none", '{"candidates":{"length":1}}', "malformed-response"],
    ["an empty list", "[]", "malformed-response"],
    ["an error under 200", '{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}', "rate-limit"],
    ["a list of errors", '[{"error":{"code":500,"message":"oops","status":"INTERNAL"}}]', "server"],
  ])("%s", async (_, body, kind) => {
    json(body);
    await expect(backend.generate(request)).rejects.toMatchObject({ kind });
    await expect(collect(backend.stream(request))).rejects.toMatchObject({ kind });
  });

  it("is a web page", async () => {
    for (const status of [200, 404]) {
      json("<!doctype html><title>Hi</title>", status, { "content-type": "text/html" });
      for (const call of [backend.generate(request), collect(backend.stream(request)), backend.countTokens!(request)]) {
        const error = await failure(call);
        expect(error.kind).toBe(status === 200 ? "malformed-response" : "not-found");
        expect(error.message).toContain("127.0.0.1");
        expect(error.message).not.toContain("<");
      }
    }
  });

  it.each([
    [
      "an error in mid-stream",
      [said({ text: "Hel" }), { error: { code: 503, message: "busy", status: "UNAVAILABLE" } }],
      "overloaded",
    ],
    [
      "an error that is no event",
      [said({ text: "Hel" }), '\n{\n  "error": {"code": 500, "message": "x", "status": "INTERNAL"}\n}\n'],
      "connection",
    ],
    ["an event that is not JSON", [said({ text: "Hel" }), "data: {oops\n\n", OK], "malformed-response"],
    ["an event that is a number", [said({ text: "Hel" }), "data: 7\n\n"], "malformed-response"],
    ["no end", [said({ text: "Hel" })], "connection"],
  ])("%s", async (_, pieces, kind) => {
    sse(...pieces);
    const error = await failure(collect(backend.stream(request)));
    expect(error).toMatchObject({ kind, partial: { text: "Hel" } });
  });

  it("an error that is no event, in a piece of its own", async () => {
    answer = async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(said({ text: "Hel" }))}\n\n`);
      await new Promise((resolve) => setImmediate(resolve));
      response.write('[{\n  "error": {"code": 500, ');
      await new Promise((resolve) => setImmediate(resolve));
      response.end('"message": "x", "status": "INTERNAL"}\n}]\n');
    };
    const error = await failure(collect(backend.stream(request)));
    expect(["server", "connection"]).toContain(error.kind);
  });

  it("has no key in its error", async () => {
    json({ error: { code: 400, message: "AIza-secret-key is wrong", details: [{ reason: "API_KEY_INVALID" }] } }, 400);
    const error = await failure(backend.generate(request));
    expect(error.kind).toBe("authentication");
    expect(JSON.stringify([error.message, error])).not.toContain("secret-key");
  });

  it("never comes where nobody listens", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, "close");
    const nobody = gemini({ apiKey: "k", baseURL: `http://127.0.0.1:${port}` }).createBackend();
    await expect(nobody.generate(request)).rejects.toMatchObject({ kind: "connection", code: "ECONNREFUSED" });
    await expect(collect(nobody.stream(request))).rejects.toMatchObject({ kind: "connection" });
  });
});

describe("leaving", () => {
  it("a stream closes its connection", async () => {
    let closed: Promise<unknown> | undefined;
    answer = (incoming, response) => {
      closed = once(incoming.socket, "close");
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(said({ text: "Hel" }))}\n\n`);
    };
    for await (const event of backend.stream(request)) if (event.type === "text-delta") break;
    await closed;
  });

  it("by the caller's signal is an abort", async () => {
    answer = () => undefined;
    const controller = new AbortController();
    const call = failure(backend.generate({ ...request, signal: controller.signal }));
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    controller.abort();
    expect((await call).kind).toBe("aborted");
  });
});
