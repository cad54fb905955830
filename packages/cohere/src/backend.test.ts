import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { collect, type GenerateRequest, type LLMBackend } from "@llmux/core";
import { CohereClient, CohereClientV2 } from "cohere-ai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { cohere } from "./index.js";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const KEY = "co-abcdefgh12345678";
const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
const requests: (IncomingMessage & { text: string })[] = [];
let handle: Handler;
let connections = 0;
const server = createServer(async (request, response) => {
  let text = "";
  for await (const piece of request) text += String(piece);
  requests.push(Object.assign(request, { text }));
  handle(request, response, text);
}).on("connection", () => connections++);
let url: string;
let backend: LLMBackend;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  backend = cohere({ baseURL: url, apiKey: KEY }).createBackend();
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

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hello" }] };
const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
const text =
  (body: string, type: string, status = 200): Handler =>
  (_, response) =>
    response.writeHead(status, { "content-type": type }).end(body);
const reply = { id: "r", message: { content: [{ type: "text", text: "Hi" }] }, finish_reason: "COMPLETE" };
const event = (type: string, rest: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const content = (field: object, index = 0, rest: object = {}): string =>
  event("content-delta", { index, delta: { message: { content: field } }, ...rest });
const end = event("message-end", { delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 3 } } } });
const sse = (body: string): Handler => text(body, "text/event-stream");
const caught = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail("did not fail"),
    (error: unknown) => error,
  );
const failures = (): Promise<unknown[]> =>
  Promise.all([caught(backend.generate(request)), caught(collect(backend.stream(request)))]);

describe("errors", () => {
  it.each([
    [400, { message: "invalid request: model is required" }, "invalid-request"],
    [
      400,
      { message: "too many tokens: size limit exceeded by 9 tokens", error_type: "TOO_MANY_TOKENS" },
      "context-window-exceeded",
    ],
    [400, { message: "too many tokens: max tokens must be less than or equal to 4096" }, "invalid-request"],
    [401, { message: "invalid api token" }, "authentication"],
    [402, { message: "Please add or update your payment method to continue" }, "quota-exceeded"],
    [403, { message: "no access" }, "permission"],
    [404, { message: "model 'x' not found" }, "not-found"],
    [422, { message: "all elements in history must have a message" }, "invalid-request"],
    [429, { message: "You are using a Trial key, which is limited to 40 API calls / minute." }, "rate-limit"],
    [429, { message: "trial token rate limit exceeded, limit is 100000 tokens per minute" }, "rate-limit"],
    [429, { message: "You are using a Trial key, which is limited to 1000 API calls / month." }, "quota-exceeded"],
    [498, { message: "invalid token" }, "content-policy"],
    [499, { message: "request cancelled" }, "connection"],
    [500, { message: "internal server error, this has been reported" }, "server"],
    [503, { message: "unavailable" }, "overloaded"],
    [504, { message: "gateway timeout" }, "timeout"],
  ])("%i %j", async (status, body, kind) => {
    handle = json({ id: "req-1", ...body }, status);
    for (const failure of await failures()) {
      expect(failure).toMatchObject({ kind, status, message: body.message, requestId: "req-1", provider: "cohere" });
    }
    expect(requests).toHaveLength(2);
  });

  it("says when to come back", async () => {
    handle = json({ message: "slow down" }, 429, { "retry-after": "7", "x-debug-trace-id": "trace" });
    for (const failure of await failures()) expect(failure).toMatchObject({ retryAfter: 7000, requestId: "trace" });
  });

  it.each([
    [
      "another server's 404",
      text("404 page not found", "text/plain", 404),
      "not-found",
      /v2\/chat answered 404.*address/,
    ],
    ["a web page", text("<html>Hi</html>", "text/html"), "malformed-response", /web page/],
    ["a proxy's page", text("<html>Bad</html>", "text/html", 502), "server", /answered 502: Bad Gateway/],
    ["no reply", json({ hello: "world" }), "malformed-response", /no reply|something else/],
    ["null", json(null), "malformed-response", /no JSON object/],
    ["no JSON", text("{", "application/json"), "malformed-response", /not JSON/],
    ["an empty body", text("", "application/json"), "malformed-response", /not JSON/],
    ["an error under status 200", json({ message: "out of luck" }), "server", /^out of luck$/],
    [
      "prototype keys",
      json(JSON.parse('{"__proto__":{"message":{}},"finish_reason":"constructor"}')),
      "malformed-response",
      /./,
    ],
  ] as [string, Handler, string, RegExp][])("%s", async (_, handler, kind, message) => {
    handle = handler;
    for (const failure of await failures()) {
      expect(failure).toMatchObject({ kind, message: expect.stringMatching(message) });
    }
  });

  it("a reply that Cohere gave up on", async () => {
    handle = json({ ...reply, finish_reason: "ERROR" });
    expect(await caught(backend.generate(request))).toMatchObject({ kind: "server", code: "ERROR", retryable: true });
    handle = sse(content({ text: "Hel" }) + event("message-end", { delta: { finish_reason: "TIMEOUT" } }));
    const stopped = await caught(collect(backend.stream(request)));
    expect(stopped).toMatchObject({ kind: "timeout", code: "TIMEOUT", partial: { text: "Hel" } });
    handle = sse(
      content({ text: "Hel" }) + event("message-end", { delta: { finish_reason: "ERROR", error: "GPU lost" } }),
    );
    expect(await caught(collect(backend.stream(request)))).toMatchObject({ kind: "server", message: "GPU lost" });
  });

  it.each([
    ["an error in mid-stream", 'data: {"message":"too many tokens"}\n\n', "context-window-exceeded"],
    ["garbage in mid-stream", "data: what?\n\n", "malformed-response"],
    ["a bare value in mid-stream", "data: 7\n\n", "malformed-response"],
    [
      "a delta of another shape",
      'data: {"type":"content-delta","delta":{"message":{"content":{"text":{}}}}}\n\n',
      "malformed-response",
    ],
  ])("%s, after what came before it", async (_, bad, kind) => {
    handle = sse(content({ text: "Hel" }) + bad + end);
    const error = await caught(collect(backend.stream(request)));
    expect(error).toMatchObject({ kind, partial: { text: expect.stringMatching(/^Hel/) } });
  });

  it("no server, and no key in what is said", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const nowhere = cohere({ baseURL: `http://127.0.0.1:${port}`, apiKey: KEY }).createBackend();
    const calls = [nowhere.generate(request), collect(nowhere.stream(request)), nowhere.listModels!()];
    for (const failure of await Promise.all(calls.map(caught))) {
      expect(failure).toMatchObject({ kind: "connection", code: "ECONNREFUSED", retryable: true });
    }
    handle = (asked, response, body) =>
      json({ message: `bad ${asked.headers.authorization}` }, 401)(asked, response, body);
    for (const failure of (await failures()) as Error[]) {
      expect(`${failure.message}${failure.stack}${JSON.stringify(failure)}`).not.toContain("abcdefgh12345678");
    }
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });
});

describe("replies", () => {
  it("with null in every place that may be absent", async () => {
    handle = json({
      id: null,
      message: {
        content: [{ type: "text", text: "Hi" }, null, { type: "text", text: null }],
        tool_plan: null,
        tool_calls: null,
        citations: null,
      },
      finish_reason: null,
      usage: null,
      logprobs: null,
    });
    const result = await backend.generate(request);
    expect(result).toMatchObject({ text: "Hi", finishReason: { unified: "other", raw: undefined } });
    expect(result.usage.inputTokens.total).toBeUndefined();
    handle = sse(
      event("message-start", { id: null, delta: null }) +
        event("content-start", { index: null, delta: { message: null } }) +
        content({ text: null }) +
        content({ text: "Hi" }) +
        event("debug", { prompt: "x" }) +
        event("citation-start", { delta: { message: { citations: null } } }) +
        event("message-end", { delta: { finish_reason: null, usage: null } }),
    );
    expect(await collect(backend.stream(request))).toMatchObject({
      text: "Hi",
      finishReason: { unified: "other", raw: undefined },
    });
  });

  it("whose calls name no tool are malformed", async () => {
    handle = json({ ...reply, message: { tool_calls: [{ id: "c", function: { name: null, arguments: "{}" } }] } });
    await expect(backend.generate(request)).rejects.toMatchObject({ kind: "malformed-response" });
    handle = sse(event("message-start") + event("tool-call-start", { index: 0, delta: null }) + end);
    await expect(collect(backend.stream(request))).rejects.toMatchObject({ kind: "malformed-response" });
  });

  it("nested deeper than can be shown are malformed", async () => {
    handle = (_, response) =>
      response.setHeader("content-type", "application/json").end("[".repeat(20_000) + "]".repeat(20_000));
    await expect(backend.generate(request)).rejects.toMatchObject({ kind: "malformed-response" });
  });

  it.each([
    ["COMPLETE", "stop"],
    ["STOP_SEQUENCE", "stop"],
    ["MAX_TOKENS", "length"],
    ["ERROR_TOXIC", "content-filter"],
    ["TOOL_CALL", "tool-calls"],
    ["USER_CANCEL", "other"],
    ["toString", "other"],
  ])("%s is %s", async (raw, unified) => {
    handle = json({ ...reply, finish_reason: raw });
    expect((await backend.generate(request)).finishReason).toEqual({ unified, raw });
  });

  const thinking = { type: "thinking", thinking: "Hm, 🙂" };
  const said = { type: "text", text: "A 🙂 smiles at b." };
  const cites = [
    {
      start: 4,
      end: 10,
      text: "smiles",
      type: "TEXT_CONTENT",
      sources: [{ type: "document", id: "d", document: { title: "T", url: "https://x.y" } }],
    },
    { start: 15, end: 16, text: "b", content_index: 1, sources: null },
    { start: 90, end: 99, text: "nowhere", sources: [] },
    { start: 0, end: 2, text: "Hm", type: "THINKING_CONTENT" },
  ];
  const logprob = { text: "A", token_ids: [1], logprobs: [-0.5] };

  it("with thinking, citations and log probabilities: streamed the same", async () => {
    handle = json({ ...reply, message: { content: [thinking, said], citations: cites }, logprobs: [logprob] });
    const direct = await backend.generate(request);
    expect(direct.reasoning).toBe("Hm, 🙂");
    const { text: words, citations }: { text: string; citations: any[] } = direct.content[1] as any;
    expect(citations.map(({ start, end: to }) => start !== undefined && words.slice(start, to))).toEqual([
      "smiles",
      "b",
      false,
    ]);
    expect(citations[0]).toMatchObject({ url: "https://x.y", title: "T", raw: cites[0] });
    expect(direct.providerMetadata).toEqual({ cohere: { logprobs: [logprob], citations: [cites[3]] } });
    handle = sse(
      event("message-start", { id: "r" }) +
        event("content-start", { index: 0, delta: { message: { content: { type: "thinking", thinking: "Hm" } } } }) +
        content({ thinking: ", 🙂" }) +
        event("content-end", { index: 0 }) +
        event("content-start", { index: 1, delta: { message: { content: { type: "text", text: "" } } } }) +
        content({ text: "A 🙂 smiles " }, 1, { logprobs: logprob }) +
        content({ text: "at b." }, 1) +
        event("citation-start", { index: 0, delta: { message: { citations: cites[0] } } }) +
        event("citation-end", { index: 0 }) +
        event("content-end", { index: 1 }) +
        cites
          .slice(1)
          .map((citations) => event("citation-start", { delta: { message: { citations } } }))
          .join("") +
        event("message-end", { delta: { finish_reason: "COMPLETE" } }),
    );
    const types: string[] = [];
    const streamed = await collect(
      (async function* () {
        for await (const one of backend.stream(request)) {
          types.push(one.type);
          yield one;
        }
      })(),
    );
    const facts = ({ content: parts, finishReason, usage, providerMetadata, response: { id } }: typeof direct) => ({
      parts,
      finishReason,
      usage,
      providerMetadata,
      id,
    });
    expect(facts(streamed)).toEqual(facts(direct));
    handle = json({ ...reply, message: { content: [{ type: "text", text: { a: 1 } }] } });
    expect(await caught(backend.generate(request))).toMatchObject({ kind: "malformed-response" });
    expect(types).toEqual([
      "start",
      "reasoning-start",
      "reasoning-delta",
      "reasoning-delta",
      "reasoning-end",
      "text-start",
      "text-delta",
      "text-delta",
      "text-end",
      "finish",
    ]);
  });

  it("with tokens that only the bill counts", async () => {
    handle = json({ ...reply, usage: { billed_units: { input_tokens: 4, output_tokens: 2 } } });
    expect((await backend.generate(request)).usage).toMatchObject({
      inputTokens: { total: 4, cacheRead: undefined },
      outputTokens: { total: 2, reasoning: undefined },
    });
  });
});

describe("streams", () => {
  const endless: Handler = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(content({ text: "Hi" }));
  };
  const closed = (asked: IncomingMessage | undefined): Promise<unknown> =>
    new Promise((resolve) => (asked!.socket.destroyed ? resolve(true) : asked!.socket.once("close", resolve)));

  it("breaking out closes the connection", async () => {
    handle = endless;
    for await (const one of backend.stream(request)) if (one.type === "text-delta") break;
    await closed(requests[0]);
  });

  it("an abort closes it too, at any time", async () => {
    handle = endless;
    const controller = new AbortController();
    const aborted = (async () => {
      for await (const one of backend.stream({ ...request, signal: controller.signal }))
        if (one.type === "text-delta") controller.abort();
    })();
    expect(await caught(aborted)).toMatchObject({ kind: "aborted" });
    await closed(requests[0]);
    const early = new AbortController();
    handle = () => early.abort();
    expect(await caught(backend.generate({ ...request, signal: early.signal }))).toMatchObject({ kind: "aborted" });
    await closed(requests[1]);
  });

  it("uses a connection again, and does not wait for a server that does not hang up", async () => {
    handle = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(content({ text: "Hi" }) + end);
      setImmediate(() => setImmediate(() => response.end("data: [DONE]\n\n")));
    };
    const before = connections;
    for (let count = 0; count < 10; count++) {
      await collect(backend.stream(request));
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    // One would do; on a busy machine an end may come too late for the next request.
    expect(connections - before).toBeLessThan(8);
    handle = (_, response) =>
      void response.writeHead(200, { "content-type": "text/event-stream" }).write(content({ text: "Hi" }) + end);
    expect((await collect(backend.stream(request))).text).toBe("Hi");
    await closed(requests.at(-1));
  });
});

describe("the other calls", () => {
  const vectors: Handler = (asked, response, body) => {
    const { texts } = JSON.parse(body) as { texts: string[] };
    const float = texts.map((one) => [Number(one), 1]);
    json({ id: "e", embeddings: { float }, meta: { billed_units: { input_tokens: texts.length } } })(
      asked,
      response,
      body,
    );
  };

  it("embeds in batches, and keeps the order", async () => {
    handle = vectors;
    const values = Array.from({ length: 200 }, (_, index) => String(index));
    const { embeddings, usage } = await backend.embed!({
      model: "embed-v4.0",
      values,
      dimensions: 256,
      providerOptions: { cohere: { input_type: "search_query", truncate: "NONE" } },
    });
    expect(embeddings.map(([first]) => first)).toEqual(values.map(Number));
    expect(usage.inputTokens.total).toBe(200);
    const sent = requests.map((one) => JSON.parse(one.text) as { texts: string[] });
    expect(sent.map(({ texts }) => texts.length)).toEqual([96, 96, 8]);
    expect(sent[0]).toMatchObject({
      model: "embed-v4.0",
      input_type: "search_query",
      output_dimension: 256,
      truncate: "NONE",
    });
    requests.length = 0;
    await backend.embed!({ model: "m", values: ["1"] });
    expect(JSON.parse(requests[0]!.text)).toEqual({
      model: "m",
      texts: ["1"],
      input_type: "search_document",
      embedding_types: ["float"],
    });
    expect((await backend.embed!({ model: "m", values: [] })).embeddings).toEqual([]);
  });

  it("embeds as whole numbers too, and refuses what is none", async () => {
    handle = json({ embeddings: { int8: [[-3, 4]] }, meta: null });
    const { embeddings, usage } = await backend.embed!({
      model: "m",
      values: ["a"],
      providerOptions: { cohere: { embedding_types: ["int8"] } },
    });
    expect([embeddings, usage.inputTokens.total]).toEqual([[Float32Array.of(-3, 4)], undefined]);
    for (const bad of [{}, { embeddings: null }, { embeddings: { float: [] } }, { embeddings: { float: [null] } }]) {
      handle = json(bad);
      expect(await caught(backend.embed!({ model: "m", values: ["a"] }))).toMatchObject({ kind: "malformed-response" });
    }
  });

  it("ranks", async () => {
    handle = json(
      { id: "k", results: [{ index: 1, relevance_score: 0.8 }], meta: { billed_units: { search_units: 1 } } },
      200,
      { "x-debug-trace-id": "t" },
    );
    const result = await backend.rerank!({
      model: "rerank-v3.5",
      query: "q",
      documents: ["a", "b"],
      topN: 1,
      providerOptions: { cohere: { max_tokens_per_doc: 64 } },
    });
    expect(result).toMatchObject({
      ranking: [{ index: 1, score: 0.8 }],
      usage: { searchUnits: 1, inputTokens: { total: undefined } },
      response: { id: "k", requestId: "t" },
    });
    expect(requests[0]).toMatchObject({
      url: "/v2/rerank",
      text: JSON.stringify({
        model: "rerank-v3.5",
        query: "q",
        documents: ["a", "b"],
        top_n: 1,
        max_tokens_per_doc: 64,
      }),
    });
    handle = json({ results: [{ index: "1" }] });
    expect(await caught(backend.rerank!({ model: "m", query: "q", documents: ["a"] }))).toMatchObject({
      kind: "malformed-response",
    });
  });

  it("transcribes", async () => {
    handle = json({ text: "Good morning" });
    const audio = new TextEncoder().encode("ID3-sound");
    const result = await backend.transcribe!({
      model: "cohere-transcribe",
      audio,
      mediaType: "audio/mpeg",
      language: "en",
      temperature: 0,
    });
    expect(result).toMatchObject({ text: "Good morning", language: "en", segments: [], duration: undefined });
    expect(requests[0]?.url).toBe("/v2/audio/transcriptions");
    expect(requests[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    for (const piece of [
      'name="model"\r\n\r\ncohere-transcribe',
      'name="language"\r\n\r\nen',
      'name="temperature"\r\n\r\n0',
      'filename="audio.mp3"',
      "ID3-sound",
    ]) {
      expect(requests[0]?.text).toContain(piece);
    }
    const bad = [
      [{ audio }, "invalid-request", "language"],
      [{ audio: "https://example.com/a.mp3", language: "en" }, "unsupported", "audio"],
      [{ audio, language: "en", prompt: "names" }, "unsupported", "prompt"],
      [{ audio, language: "en", timestamps: ["word"] }, "unsupported", "timestamps"],
    ] as const;
    for (const [rest, kind, parameter] of bad) {
      expect(
        await caught(backend.transcribe!({ model: "m", mediaType: "audio/mpeg", ...rest } as never)),
      ).toMatchObject({ kind, parameter });
    }
  });

  it("lists the models, page by page", async () => {
    handle = (asked, response, body) => {
      const second = asked.url?.includes("page_token=two%2F2");
      json(
        second
          ? { models: [{ name: "b" }, null], next_page_token: "" }
          : { models: [{ name: "a", context_length: 128_000 }], next_page_token: "two/2" },
      )(asked, response, body);
    };
    const models = await backend.listModels!();
    expect(models.map(({ id, contextWindow }) => [id, contextWindow])).toEqual([
      ["a", 128_000],
      ["b", undefined],
    ]);
    expect(requests[0]).toMatchObject({ method: "GET", url: "/v1/models?page_size=1000" });
    handle = json({ models: [], next_page_token: "same" });
    expect(await backend.listModels!()).toEqual([]);
  });
});

describe("configuration", () => {
  it.each(["", "/", "/v1", "/v2/", "/v2/chat"])("takes an address that ends in %j", async (path) => {
    handle = json(reply);
    await cohere({ baseURL: url + path, apiKey: KEY })
      .createBackend()
      .generate(request);
    expect(requests[0]?.url).toBe("/v2/chat");
  });

  it("sends headers: the adapter's, and the call's, which win", async () => {
    handle = json(reply);
    const own = cohere({
      baseURL: url,
      apiKey: KEY,
      clientName: "my-app",
      headers: { "x-team": "a", "x-own": "1" },
    }).createBackend();
    await own.generate({ ...request, headers: { "X-Team": "b" } });
    expect(requests[0]?.headers).toMatchObject({ "x-team": "b", "x-own": "1", "x-client-name": "my-app" });
  });

  it("sends no key where none is configured, whatever the environment holds", async () => {
    handle = json(reply);
    vi.stubEnv("CO_API_KEY", KEY);
    await cohere({ baseURL: url }).createBackend().generate(request);
    vi.unstubAllEnvs();
    expect(requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("takes a ready client of either class, also one that was given no address", async () => {
    handle = json(reply);
    for (const client of [
      new CohereClientV2({ token: "own", baseUrl: url }),
      new CohereClient({ token: "own", environment: url }),
    ]) {
      expect((await cohere({ client }).createBackend().generate(request)).text).toBe("Hi");
      expect(requests.at(-1)?.headers.authorization).toBe("Bearer own");
    }
    const asked: string[] = [];
    const fetch = async (input: unknown): Promise<Response> => {
      asked.push(String(input));
      return Response.json(reply);
    };
    await cohere({ client: new CohereClientV2({ token: "own", fetch: fetch as typeof globalThis.fetch }) })
      .createBackend()
      .generate(request);
    expect(asked).toEqual(["https://api.cohere.com/v2/chat"]);
  });

  it("asks for a key, and reads it from Cohere's variables", async () => {
    expect(() => cohere().createBackend({ variables: {} })).toThrow(/CO_API_KEY/);
    expect(
      await cohere.describe({ variables: { COHERE_API_KEY: KEY, CO_API_URL: "https://eu.example.com/" } }),
    ).toMatchObject([
      { field: "apiKey", source: "COHERE_API_KEY", value: expect.not.stringContaining("abcdefgh") },
      { field: "baseURL", value: "https://eu.example.com", source: "CO_API_URL" },
    ]);
  });
});
