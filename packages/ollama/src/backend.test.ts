import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { collect, type GenerateRequest, type LLMBackend } from "@llmux/core";
import { Ollama } from "ollama";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ollama, pullModel } from "./index.js";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
const requests: IncomingMessage[] = [];
let handle: Handler;
const server = createServer((request, response) => {
  requests.push(request);
  request.resume();
  request.on("end", () => handle(request, response));
});
let connections = 0;
server.on("connection", () => {
  connections++;
});
let url: string;
let backend: LLMBackend;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  backend = ollama({ baseURL: url }).createBackend();
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

function json(body: unknown, status = 200): Handler {
  return (_, response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function text(body: string, type: string, status = 200): Handler {
  return (_, response) => response.writeHead(status, { "content-type": type }).end(body);
}

const line = (content: string, rest: object = {}): string =>
  `${JSON.stringify({ model: "m", message: { role: "assistant", content }, done: false, ...rest })}\n`;
const done = line("", { done: true, done_reason: "stop", prompt_eval_count: 3, eval_count: 2 });

/** Calls, whole and streamed, and gives what was thrown. */
async function failures(): Promise<unknown[]> {
  const calls = [backend.generate(request), collect(backend.stream(request))];
  return Promise.all(
    calls.map((call) =>
      call.then(
        () => expect.fail("did not fail"),
        (error: unknown) => error,
      ),
    ),
  );
}

describe("errors of the server", () => {
  it.each([
    [404, "model 'm' not found", "not-found", /ollama pull m$/],
    [404, 'model "m" not found, try pulling it first', "not-found", /ollama pull m$/],
    [400, "registry.ollama.ai/library/m:latest does not support tools", "invalid-request", /does not support tools/],
    [400, '"m" does not support thinking', "invalid-request", /thinking/],
    [
      400,
      "the prompt is longer than the context length currently available to the model; shorten the prompt",
      "context-window-exceeded",
      /longer/,
    ],
    [400, "the input length exceeds the context length", "context-window-exceeded", /exceeds/],
    [401, "unauthorized", "authentication", /OLLAMA_API_KEY/],
    [403, "this model requires more", "permission", /more/],
    [403, "this model requires a subscription, upgrade for access", "permission", /subscription/],
    [429, "too many requests", "rate-limit", /too many/],
    [429, "you have reached your weekly usage limit, upgrade for higher limits", "quota-exceeded", /usage limit/],
    [500, "llama runner process has terminated: exit status 2", "server", /terminated/],
    [500, "model requires more system memory (8.4 GiB) than is available (3.1 GiB)", "server", /memory/],
    [503, "server busy, please try again.  maximum pending requests exceeded", "overloaded", /busy/],
  ])("%i %s", async (status, error, kind, message) => {
    handle = json({ error }, status);
    for (const failure of await failures()) {
      expect(failure).toMatchObject({
        kind,
        status,
        provider: "ollama",
        model: "m",
        message: expect.stringMatching(message),
      });
    }
  });

  it.each([
    [
      "an address that is not Ollama's",
      text("404 page not found", "text/plain", 404),
      "not-found",
      /127\.0\.0\.1:\d+\/api\/chat answered 404.*address of an Ollama/,
    ],
    ["a web page", text("<html>Welcome</html>", "text/html"), "malformed-response", /web page.*address of an Ollama/],
    ["a proxy's page", text("<html>Bad gateway</html>", "text/html", 502), "server", /answered 502: Bad Gateway/],
    ["a proxy's text", text("upstream is down", "text/plain", 502), "server", /upstream is down/],
    ["an answer that is no reply", json({ hello: "world" }), "malformed-response", /not a reply/],
    ["an answer that is null", json(null), "malformed-response", /not a reply/],
    ["an answer that is not JSON", text("Ollama is running\n", "text/plain"), "malformed-response", /not JSON/],
    ["an error under status 200", json({ error: "out of luck" }), "server", /out of luck/],
    ["an error that is an object", json({ error: { message: "no luck" } }), "server", /^no luck$/],
    ["no body at all", text("", "text/plain", 204), "malformed-response", /without a body|not JSON/],
  ] as [string, Handler, string, RegExp][])("%s", async (_, handler, kind, message) => {
    handle = handler;
    for (const failure of await failures())
      expect(failure).toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  it("while it embeds, under status 200 too; and a count that is null is not nought", async () => {
    handle = json({ error: "the input length exceeds the context length" });
    const embedding = (): Promise<unknown> => backend.embed!({ model: "m", values: ["a"] });
    await expect(embedding()).rejects.toMatchObject({ kind: "context-window-exceeded" });
    handle = json({ embeddings: [[1, 2]], prompt_eval_count: null });
    expect(await embedding()).toMatchObject({ usage: { inputTokens: { total: undefined } } });
  });

  it("garbage in mid-stream, after what came before it", async () => {
    handle = text(`${line("Hel")}${line("lo")}data: what?\n${done}`, "application/x-ndjson");
    const error = await collect(backend.stream(request)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "malformed-response", text: "data: what?", partial: { text: "Hello" } });
  });

  it("a server that is not running: where it was looked for, and how to start it", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const offline = ollama({ baseURL: `http://user:hunter22@127.0.0.1:${port}` }).createBackend();
    const calls = [
      offline.generate(request),
      collect(offline.stream(request)),
      offline.embed!({ model: "m", values: ["a"] }),
      offline.listModels!(),
      pullModel("m", { baseURL: `127.0.0.1:${port}` }),
    ];
    const errors = await Promise.all(
      calls.map((call) =>
        call.then(
          () => expect.fail(),
          (error: Error) => error,
        ),
      ),
    );
    for (const error of errors) {
      expect(error).toMatchObject({ kind: "connection", code: "ECONNREFUSED", retryable: true });
      expect(error.message).toContain(`http://127.0.0.1:${port}`);
      expect(error.message).toMatch(/ollama serve/);
      expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain("hunter22");
    }
  });

  it("holds no key", async () => {
    handle = (asked, response) => json({ error: `bad key ${asked.headers.authorization}` }, 401)(asked, response);
    const keyed = ollama({ baseURL: url, apiKey: "oll-abcdefgh12345678" }).createBackend();
    const error = (await keyed.generate(request).catch((thrown: unknown) => thrown)) as Error;
    expect(requests[0]?.headers.authorization).toBe("Bearer oll-abcdefgh12345678");
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain("abcdefgh12345678");
  });
});

describe("streams", () => {
  it("gives events as they come, and one array a piece", async () => {
    let release = (): void => undefined;
    handle = (_, response) => {
      response.writeHead(200, { "content-type": "application/x-ndjson", "x-answer": "42" });
      response.write(line("", { message: { thinking: "Hm" } }));
      release = () => response.end(`${line("Hi")}${line(" there")}${done}`);
    };
    const events = backend.stream(request)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({
      type: "start",
      provider: "ollama",
      response: { headers: { "x-answer": "42" } },
    });
    expect((await events.next()).value).toMatchObject({ type: "reasoning-start" });
    expect((await events.next()).value).toMatchObject({ type: "reasoning-delta", delta: "Hm" });
    release();
    const rest: string[] = [];
    for (let next = await events.next(); !next.done; next = await events.next()) rest.push(next.value.type);
    expect(rest).toEqual(["reasoning-end", "text-start", "text-delta", "text-delta", "text-end", "finish"]);
  });

  const endless: Handler = (_, response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.write(line("Hi"));
  };
  const closed = (asked: IncomingMessage | undefined): Promise<unknown> =>
    new Promise((resolve) => (asked!.socket.destroyed ? resolve(true) : asked!.socket.once("close", resolve)));

  it("breaking out closes the connection", async () => {
    handle = endless;
    for await (const event of backend.stream(request)) if (event.type === "text-delta") break;
    await closed(requests[0]);
  });

  it("an abort closes it too, at any time", async () => {
    handle = endless;
    const controller = new AbortController();
    const events = backend.stream({ ...request, signal: controller.signal });
    await expect(
      (async () => {
        for await (const event of events) if (event.type === "text-delta") controller.abort();
      })(),
    ).rejects.toMatchObject({ kind: "aborted" });
    await closed(requests[0]);

    const early = new AbortController();
    handle = () => early.abort();
    await expect(backend.generate({ ...request, signal: early.signal })).rejects.toMatchObject({ kind: "aborted" });
    await closed(requests[1]);

    const pull = new AbortController();
    handle = () => pull.abort();
    await expect(pullModel("m", { baseURL: url, signal: pull.signal })).rejects.toMatchObject({ kind: "aborted" });
    await closed(requests[2]);
  });

  it("uses a connection again", async () => {
    handle = (_, response) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.write(`${line("Hi")}${done}`);
      // The end comes in a packet of its own, as Ollama's does.
      setImmediate(() => setImmediate(() => response.end()));
    };
    const before = connections;
    for (let count = 0; count < 6; count++) await collect(backend.stream(request));
    // At most the first: those of earlier tests may still be open.
    expect(connections - before).toBeLessThanOrEqual(1);
  });

  it("does not wait for a server that says it is done and does not hang up", async () => {
    handle = (_, response) => void response.writeHead(200).write(`${line("Hi")}${done}`);
    expect((await collect(backend.stream(request))).text).toBe("Hi");
    await closed(requests[0]);
  });
});

describe("configuration", () => {
  it("sends headers: the adapter's, and the call's, which win", async () => {
    handle = json({ message: { content: "Hi" }, done: true });
    const proxied = ollama({
      baseURL: url,
      apiKey: "key",
      headers: { "user-agent": "mine", "x-team": "a" },
    }).createBackend();
    await proxied.generate({ ...request, headers: { "x-team": "b", authorization: "Bearer other" } });
    expect(requests[0]?.headers).toMatchObject({ "user-agent": "mine", "x-team": "b", authorization: "Bearer other" });
  });

  it("turns credentials in the address into a header", async () => {
    handle = json({ models: [] });
    await ollama({ baseURL: url.replace("://", "://me:s%C3%A9cret@") }).createBackend().listModels!();
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:sécret").toString("base64")}`);
  });

  it("takes a ready client, of either entry of the SDK, with its own fetch and headers", async () => {
    handle = json({ message: { content: "Hi" }, done: true });
    const fetch = vi.fn(globalThis.fetch);
    const client = new Ollama({ host: url, fetch, headers: { "x-own": "1" } });
    const own = ollama({ client }).createBackend();
    expect((await own.generate(request)).text).toBe("Hi");
    expect(fetch).toHaveBeenCalledOnce();
    expect(requests[0]?.headers["x-own"]).toBe("1");
    handle = text(done, "application/x-ndjson");
    await collect(own.stream(request));
    // The SDK would keep every stream that is not read through its own iterator.
    expect((client as unknown as { ongoingStreamedRequests: unknown[] }).ongoingStreamedRequests).toEqual([]);
  });

  it("leaves the platform's fetch alone, whatever the SDK imports to stand in for it", async () => {
    handle = json({ models: [] });
    const before = [globalThis.fetch, globalThis.Headers, globalThis.Request, globalThis.Response];
    await ollama({ baseURL: url }).createBackend().listModels!();
    expect([globalThis.fetch, globalThis.Headers, globalThis.Request, globalThis.Response]).toEqual(before);
  });

  it("takes a fetch", async () => {
    handle = json({ message: { content: "Hi" }, done: true });
    const fetch = vi.fn(globalThis.fetch);
    await ollama({ baseURL: url, fetch }).createBackend().generate(request);
    expect(fetch).toHaveBeenCalledOnce();
  });

  it("reads the environment as Ollama does", async () => {
    const variables = { OLLAMA_HOST: "0.0.0.0", OLLAMA_API_KEY: "oll-abcdefgh12345678" };
    const settings = await ollama.describe({ variables });
    expect(settings).toMatchObject([
      { field: "baseURL", value: "0.0.0.0", source: "OLLAMA_HOST" },
      { field: "apiKey", value: expect.not.stringContaining("abcdefgh"), source: "OLLAMA_API_KEY" },
    ]);
    expect(() => ollama({ baseURL: "ftp://x" }).createBackend()).toThrow(/not an address/);
  });
});

describe("a prompt that is longer than the context", () => {
  const long = "All work and no play makes Jack a dull boy. ".repeat(1000);
  const ask = (rest: Partial<GenerateRequest> = {}): GenerateRequest => ({
    ...request,
    messages: [{ role: "user", content: long }],
    ...rest,
  });
  const reply =
    (count: number, contextLength?: number): Handler =>
    (asked, response) =>
      asked.url === "/api/ps"
        ? json({ models: [{ name: "m:latest", model: "m:latest", context_length: contextLength }] })(asked, response)
        : text(line("Hi", { done: true, prompt_eval_count: count }), "application/x-ndjson")(asked, response);

  it.each([
    ["num_ctx given, and full", 2048, { num_ctx: 2048 }, undefined, true, 1],
    ["num_ctx given, and the prompt read in full", 10_010, { num_ctx: 16_384 }, undefined, false, 1],
    ["the server's default, which it says", 2050, {}, 4096, true, 2],
    ["a model that was loaded with room enough", 4096, {}, 32_768, false, 2],
    ["a server that does not say", 4096, {}, undefined, true, 2],
    ["an answer that counts nothing", 0, { num_ctx: 2048 }, undefined, false, 1],
    ["an error asked for instead", 2048, { num_ctx: 2048, truncate: false }, undefined, false, 1],
  ])("%s", async (_, count, options, contextLength, warned, asked) => {
    handle = reply(count, contextLength);
    const type = warned ? [{ type: "truncated", message: expect.stringContaining("num_ctx") }] : [];
    expect((await backend.generate(ask({ providerOptions: { ollama: options } }))).warnings).toMatchObject(type);
    expect(requests).toHaveLength(asked);
    expect((await collect(backend.stream(ask({ providerOptions: { ollama: options } })))).warnings).toMatchObject(type);
  });
});

describe("pulling", () => {
  it("says how far it is, in layers that have yet to begin too", async () => {
    handle = text(
      '{"status":"pulling a","digest":"a","total":200}\n{"status":"pulling a","digest":"a","total":200,"completed":50}\n{"status":"success"}\n',
      "application/x-ndjson",
    );
    const seen: unknown[] = [];
    await pullModel("m", {
      baseURL: url,
      insecure: true,
      onProgress: ({ percent, completed }) => seen.push([percent, completed]),
    });
    expect(seen).toEqual([
      [0, 0],
      [25, 50],
      [undefined, undefined],
    ]);
  });

  it("tells a model that there is not", async () => {
    handle = text(
      '{"status":"pulling manifest"}\n{"error":"pull model manifest: file does not exist"}\n',
      "application/x-ndjson",
    );
    await expect(pullModel("nope", { baseURL: url })).rejects.toMatchObject({
      kind: "not-found",
      message: expect.stringMatching(/no model "nope" to pull/),
    });
  });
});
