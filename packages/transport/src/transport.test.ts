import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Transport, transport } from "./transport.js";

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

let server: Server;
let base: string;
let handle: Handler;
let sockets: Set<Socket>;
let connections: number;
let fetch: Transport;

beforeEach(async () => {
  sockets = new Set();
  connections = 0;
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => handle(request, response, Buffer.concat(pieces)));
  });
  server.on("connection", (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fetch = transport();
});

afterEach(async () => {
  await fetch.destroy();
  server.closeAllConnections();
  server.close();
});

/** Resolves once the server has seen every connection close. */
async function allClosed(): Promise<void> {
  for (const socket of sockets) if (!socket.destroyed) await once(socket, "close");
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error,
  );
}

describe("request", () => {
  const echo: Handler = ({ method, url, headers }, response, body) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method, url, headers, body: body.toString() }));
  };
  type Echo = { method: string; url: string; headers: Record<string, string>; body: string };
  const ask = async (input: string | URL | Request, init?: RequestInit): Promise<Echo> => {
    handle = echo;
    return (await (await fetch(input, init)).json()) as Echo;
  };

  it("sends what fetch sends", async () => {
    const sent = await ask(new URL(`${base}/a?b=c#d`), {
      method: "post",
      body: '{"é":1}',
      headers: { "X-A": "1", accept: "a/b" },
    });
    expect(sent).toMatchObject({ method: "POST", url: "/a?b=c", body: '{"é":1}' });
    expect(sent.headers).toMatchObject({
      "x-a": "1",
      accept: "a/b",
      "content-type": "text/plain;charset=UTF-8",
      "content-length": "8",
      "user-agent": "node",
    });
    expect(sent.headers).not.toHaveProperty("accept-encoding");
  });

  it.each<[string, HeadersInit]>([
    ["Headers", new Headers([["X-Two", "2"]])],
    ["pairs", [["X-Two", "2"]]],
    ["an object", { "X-Two": "2", "x-none": undefined as unknown as string }],
  ])("takes headers as %s", async (_, headers) => {
    const sent = await ask(base, { headers });
    expect(sent.headers["x-two"]).toBe("2");
    expect(sent.headers).not.toHaveProperty("x-none");
  });

  it.each<[string, () => BodyInit, string, string | undefined]>([
    ["bytes", () => new TextEncoder().encode("héllo"), "héllo", undefined],
    ["an ArrayBuffer", () => new TextEncoder().encode("héllo").buffer, "héllo", undefined],
    ["a part of a buffer", () => new TextEncoder().encode("héllo").subarray(3), "llo", undefined],
    ["a Blob", () => new Blob(["hé", "llo"], { type: "a/b" }), "héllo", "a/b"],
    [
      "URLSearchParams",
      () => new URLSearchParams({ a: "1 2" }),
      "a=1+2",
      "application/x-www-form-urlencoded;charset=UTF-8",
    ],
    ["a stream", () => new Blob(["hé", "llo"]).stream(), "héllo", undefined],
  ])("sends %s", async (_, body, text, type) => {
    const sent = await ask(base, { method: "POST", body: body(), duplex: "half" } as RequestInit);
    expect(sent.body).toBe(text);
    expect(sent.headers["content-type"]).toBe(type);
  });

  it("sends a form whole, with its boundary and its length", async () => {
    const form = new FormData();
    form.set("purpose", "batch");
    form.set("file", new File(["line\n"], "a.jsonl"));
    const sent = await ask(base, { method: "POST", body: form });
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(sent.headers["content-type"] ?? "")?.[1];
    expect(sent.body.split(`--${boundary}`)).toHaveLength(4);
    expect(sent.body).toContain('filename="a.jsonl"');
    expect(sent.headers["content-length"]).toBe(String(sent.body.length));
  });

  it("takes a Request, over which init wins", async () => {
    const request = new Request(`${base}/r`, { method: "PUT", body: "x", headers: { "x-a": "1" } });
    expect(await ask(request)).toMatchObject({ method: "PUT", url: "/r", body: "x", headers: { "x-a": "1" } });
    expect(await ask(new Request(base, { method: "PUT", body: "x" }), { method: "POST", body: "y" })).toMatchObject({
      method: "POST",
      body: "y",
    });
  });

  it.each<[string, () => Promise<unknown>]>([
    ["a line end in a header", () => fetch(base, { headers: { authorization: "Bearer sk-secret\r\nx-evil: 1" } })],
    ["a letter beyond Latin-1 in a header", () => fetch(base, { headers: [["authorization", "Bearer sk-secret€"]] })],
    ["a header that is none", () => fetch(base, { headers: { "a b": "sk-secret" } })],
    ["credentials in the URL", () => fetch(base.replace("http://", "http://me:sk-secret@"))],
    ["no URL", () => fetch("/sk-secret")],
    ["another scheme", () => fetch("file:///sk-secret")],
    ["a GET with a body", () => fetch(base, { body: "sk-secret" })],
    ["a line end in the method", () => fetch(base, { method: "GET / HTTP/1.1\r\n" })],
  ])("refuses %s, and shows none of it", async (_, call) => {
    handle = (_request, response) => response.end();
    const error = (await failureOf(call())) as TypeError;
    expect(error).toBeInstanceOf(TypeError);
    expect(`${error.stack}${String(error.cause)}`).not.toContain("sk-secret");
    // Nobody takes it for a failed connection and tries again.
    expect(error.message).not.toContain("fetch failed");
    expect(error.cause).toBeUndefined();
  });
});

describe("response", () => {
  it("looks like fetch's", async () => {
    handle = (_request, response) => {
      response.writeHead(
        429,
        "Slow Down",
        [
          ["Retry-After", "3"],
          ["X-Two", "a"],
          ["X-Two", "b"],
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ].flat(),
      );
      response.end('{"error":{}}');
    };
    const [ours, theirs] = await Promise.all([fetch(`${base}/x#y`), globalThis.fetch(`${base}/x#y`)]);
    const shown = (response: Response): unknown => ({
      status: response.status,
      statusText: response.statusText,
      ok: response.ok,
      url: response.url,
      redirected: response.redirected,
      type: response.type,
      bodyUsed: response.bodyUsed,
      entries: [...response.headers.entries()].filter(([name]) => name !== "date"),
      keys: [...response.headers.keys()],
      cookies: response.headers.getSetCookie(),
      one: response.headers.get("RETRY-after"),
      none: response.headers.get("constructor"),
      has: [response.headers.has("x-two"), response.headers.has("x-three")],
      copied: [...new Headers(response.headers)].length,
    });
    expect(shown(ours)).toEqual(shown(theirs));
    const seen: string[] = [];
    ours.headers.forEach((value, name) => {
      seen.push(`${name}: ${value}`);
    });
    expect(seen).toContain("x-two: a, b");
    expect(() => ours.headers.set("a", "b")).toThrow(TypeError);
    expect(await ours.json()).toEqual(await theirs.json());
    expect(ours.bodyUsed).toBe(true);
    await expect(ours.text()).rejects.toThrow(TypeError);
  });

  it("gives the body as text without its byte order mark, bytes, blob and form", async () => {
    handle = (_request, response) => response.writeHead(200, { "content-type": "a/b" }).end("\ufeffhé");
    const bytes = [...Buffer.from("\ufeffhé")];
    expect(await (await fetch(base)).text()).toBe("hé");
    expect([...(await (await fetch(base)).bytes())]).toEqual(bytes);
    expect([...new Uint8Array(await (await fetch(base)).arrayBuffer())]).toEqual(bytes);
    const blob = await (await fetch(base)).blob();
    expect([blob.type, blob.size]).toEqual(["a/b", 6]);
    handle = (_request, response) =>
      response.writeHead(200, { "content-type": "application/x-www-form-urlencoded" }).end("a=1");
    expect((await (await fetch(base)).formData()).get("a")).toBe("1");
  });

  it.each([204, 304])("has no body with %i", async (status) => {
    handle = (_request, response) => response.writeHead(status).end();
    const response = await fetch(base);
    expect(response.body).toBeNull();
    expect(await response.text()).toBe("");
  });

  it("has no body after HEAD, and the connection is used again", async () => {
    handle = (_request, response) => response.writeHead(200, { "content-length": 5 }).end();
    expect((await fetch(base, { method: "HEAD" })).body).toBeNull();
    expect((await fetch(base, { method: "HEAD" })).headers.get("content-length")).toBe("5");
    expect(connections).toBeLessThanOrEqual(2);
  });

  it("can be cloned before it is read, not after", async () => {
    handle = (_request, response) => response.writeHead(201, { "x-a": "1" }).end("hello");
    const response = await fetch(`${base}/c`);
    const [one, two] = [response.clone(), response.clone()];
    expect(await Promise.all([response.text(), one.text(), two.text()])).toEqual(["hello", "hello", "hello"]);
    expect([one.status, one.headers.get("x-a"), one.url]).toEqual([201, "1", `${base}/c`]);
    expect(() => response.clone()).toThrow(TypeError);
  });

  it("skips an informational response", async () => {
    handle = (_request, response) => {
      response.writeEarlyHints({ link: "</a>; rel=preload" });
      response.end("real");
    };
    const response = await fetch(base);
    expect([response.status, await response.text()]).toEqual([200, "real"]);
  });

  const text = "compressed, ".repeat(20_000);
  it.each<[string, Buffer]>([
    ["gzip", gzipSync(text)],
    ["X-GZip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
    ["identity", Buffer.from(text)],
  ])("decodes %s", async (coding, bytes) => {
    handle = (_request, response) => response.writeHead(200, { "content-encoding": coding }).end(bytes);
    expect(await (await fetch(base)).text()).toBe(text);
    let streamed = "";
    for await (const piece of (await fetch(base)).body as ReadableStream<Uint8Array>)
      streamed += Buffer.from(piece).toString();
    expect(streamed).toBe(text);
  });

  it("fails on a compressed body that breaks off or is none", async () => {
    handle = (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(text).subarray(0, -9));
    expect(await failureOf((await fetch(base)).text())).toMatchObject({ name: "TypeError", message: "terminated" });
    handle = (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("plain");
    expect(await failureOf((await fetch(base)).text())).toMatchObject({
      name: "TypeError",
      cause: { code: "Z_DATA_ERROR" },
    });
    handle = (_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).write(gzipSync(text).subarray(0, 20));
      setImmediate(() => response.destroy());
    };
    expect(await failureOf((await fetch(base)).text())).toMatchObject({ name: "TypeError", message: "terminated" });
  });
});

describe("body as a stream", () => {
  const numbers = Array.from({ length: 300 }, (_, at) => `line ${at}\n`);
  beforeEach(() => {
    handle = (_request, response) => {
      for (const line of numbers) response.write(line);
      response.end();
    };
  });
  const body = async (): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> =>
    (await fetch(base)).body as ReadableStream<Uint8Array<ArrayBuffer>>;

  it("is iterated, read, piped and split", async () => {
    let iterated = "";
    for await (const piece of await body()) iterated += Buffer.from(piece).toString();
    expect(iterated).toBe(numbers.join(""));

    const reader = (await body()).getReader();
    const closed = reader.closed.then(() => "closed");
    let read = "";
    for (let piece = await reader.read(); !piece.done; piece = await reader.read())
      read += Buffer.from(piece.value).toString();
    expect([read, await closed]).toEqual([numbers.join(""), "closed"]);

    let piped = "";
    for await (const text of (await body()).pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>))
      piped += text;
    expect(piped).toBe(numbers.join(""));

    const [left, right] = (await body()).tee();
    expect(await Promise.all([new Response(left).text(), new Response(right).text()])).toEqual([piped, piped]);
    expect(await new Response(await body()).text()).toBe(piped);
  });

  it("lends a reader its own buffer", async () => {
    const reader = (await body()).getReader({ mode: "byob" });
    let text = "";
    let view = new Uint8Array(10);
    for (;;) {
      const { done, value } = await reader.read(view);
      if (done) break;
      text += Buffer.from(value).toString();
      view = new Uint8Array(value.buffer, 0, 10);
    }
    expect(text).toBe(numbers.join(""));
  });

  it("answers reads made without waiting in their order", async () => {
    const reader = (await body()).getReader();
    const reads = Array.from({ length: 8 }, () => reader.read());
    let text = "";
    for (const read of reads) text += Buffer.from((await read).value ?? []).toString();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read())
      text += Buffer.from(piece.value).toString();
    expect(text).toBe(numbers.join(""));
  });

  it("has one reader at a time", async () => {
    const stream = await body();
    const reader = stream.getReader();
    expect(stream.locked).toBe(true);
    expect(() => stream.getReader()).toThrow(TypeError);
    await expect(stream.cancel()).rejects.toThrow(TypeError);
    const first = await reader.read();
    reader.releaseLock();
    await expect(reader.read()).rejects.toThrow(TypeError);
    let rest = Buffer.from(first.value ?? []).toString();
    for await (const piece of stream) rest += Buffer.from(piece).toString();
    expect(rest).toBe(numbers.join(""));
  });

  it.each<[string, (stream: ReadableStream<Uint8Array>) => Promise<unknown>]>([
    [
      "leaving a loop",
      async (stream) => {
        for await (const _ of stream) break;
      },
    ],
    ["cancel", (stream) => stream.cancel()],
    [
      "a reader's cancel",
      async (stream) => {
        const reader = stream.getReader();
        await reader.read();
        await reader.cancel();
      },
    ],
    [
      "an iterator's return before its first next",
      async (stream) => stream[Symbol.asyncIterator]().return?.(undefined),
    ],
    ["a pipe's cancel", async (stream) => stream.pipeThrough(new TransformStream()).cancel()],
  ])("%s closes the connection", async (_, leave) => {
    handle = (_request, response) => response.write("one\n");
    const stream = await body();
    expect(sockets.size).toBe(1);
    await leave(stream);
    await allClosed();
    expect(sockets.size).toBe(0);
  });

  it("is not read faster than its reader reads", async () => {
    const PIECE = Buffer.alloc(64 * 1024, "x");
    const TOTAL = 64 * 1024 * 1024;
    let sent = 0;
    const stalled = Promise.withResolvers<void>();
    handle = (_request, response) => {
      const push = (): void => {
        while (sent < TOTAL) {
          sent += PIECE.length;
          if (!response.write(PIECE)) {
            // What the kernel takes in passing drains within a few turns; a reader that stands still stops it for good.
            let turns = 0;
            const wait = (): unknown =>
              response.writableNeedDrain ? (++turns > 2000 ? stalled.resolve() : setImmediate(wait)) : undefined;
            wait();
            response.once("drain", push);
            return;
          }
        }
        response.end();
      };
      push();
    };
    const response = await fetch(base);
    await stalled.promise;
    expect(sent).toBeLessThan(TOTAL / 2);
    let received = 0;
    for await (const piece of response.body as ReadableStream<Uint8Array>) received += piece.length;
    expect(received).toBe(TOTAL);
  });
});

describe("failure", () => {
  it("is told as fetch tells it where nobody listens", async () => {
    const port = (server.address() as AddressInfo).port;
    server.close();
    await once(server, "close");
    const error = await failureOf(fetch(`http://127.0.0.1:${port}`));
    expect(error).toMatchObject({ name: "TypeError", message: "fetch failed", cause: { code: "ECONNREFUSED" } });
  });

  it("is told where the server hangs up before it answers", async () => {
    handle = (request) => request.socket.destroy();
    expect(await failureOf(fetch(base, { method: "POST", body: "{}" }))).toMatchObject({
      message: "fetch failed",
      cause: { code: expect.any(String) },
    });
  });

  it.each(["chunked", "by length"])("breaks a body off that was cut (%s), after what had come", async (how) => {
    handle = (_request, response) => {
      if (how === "by length") response.setHeader("content-length", 100);
      response.write("partial");
      setImmediate(() => response.destroy());
    };
    let text = "";
    const read = async (): Promise<void> => {
      for await (const piece of (await fetch(base)).body as ReadableStream<Uint8Array>)
        text += Buffer.from(piece).toString();
    };
    expect(await failureOf(read())).toMatchObject({
      name: "TypeError",
      message: "terminated",
      cause: { code: expect.any(String) },
    });
    expect(text).toBe("partial");
    expect(await failureOf(fetch(base).then((response) => response.json()))).toMatchObject({ message: "terminated" });
  });

  it("comes with every later call after close", async () => {
    handle = (_request, response) => response.end("ok");
    expect(await (await fetch(base)).text()).toBe("ok");
    await fetch.close();
    expect(await failureOf(fetch(base))).toMatchObject({
      message: "fetch failed",
      cause: { code: "UND_ERR_DESTROYED" },
    });
    await allClosed();
  });
});

describe("abort", () => {
  const reason = new Error("enough");

  it("rejects with the signal's reason before the request", async () => {
    handle = () => expect.unreachable("the request was sent");
    await expect(fetch(base, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(fetch(base, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(connections).toBe(0);
  });

  it("rejects while the request waits for a connection", async () => {
    await using one = transport({ connections: 1 });
    const arrived = Promise.withResolvers<ServerResponse>();
    let requests = 0;
    handle = (_request, response) => {
      requests++;
      arrived.resolve(response);
    };
    const first = one(base);
    const held = await arrived.promise;
    const controller = new AbortController();
    const second = one(base, { signal: controller.signal });
    controller.abort(reason);
    await expect(second).rejects.toBe(reason);
    held.end("first");
    expect(await (await first).text()).toBe("first");
    handle = (_request, response) => response.end("third");
    expect(await (await one(base)).text()).toBe("third");
    expect(requests).toBe(1);
  });

  it("rejects before the headers and closes the connection", async () => {
    const arrived = Promise.withResolvers<void>();
    handle = () => arrived.resolve();
    const controller = new AbortController();
    const call = fetch(base, { signal: controller.signal });
    await arrived.promise;
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await allClosed();
    expect(sockets.size).toBe(0);
  });

  it.each<[string, (response: Response) => Promise<unknown>]>([
    ["text", (response) => response.text()],
    [
      "a read",
      async (response) => {
        const reader = response.body?.getReader();
        await reader?.read();
        await reader?.read();
      },
    ],
    [
      "a loop",
      async (response) => {
        for await (const _ of response.body as ReadableStream);
      },
    ],
    [
      "a pipe",
      async (response) => {
        for await (const _ of (response.body as ReadableStream).pipeThrough(new TransformStream()));
      },
    ],
  ])("rejects %s in mid-body and closes the connection", async (_, read) => {
    handle = (_request, response) => response.write("one\n");
    const controller = new AbortController();
    const response = await fetch(base, { signal: controller.signal });
    const reading = read(response);
    setImmediate(() => controller.abort(reason));
    await expect(reading).rejects.toBe(reason);
    await allClosed();
    expect(sockets.size).toBe(0);
  });

  it("does nothing once all has come, and leaves no listener behind", async () => {
    handle = (_request, response) => response.end("all");
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, key) {
        const value = Reflect.get(target, key, target) as unknown;
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (key === "addEventListener") listeners++;
          if (key === "removeEventListener") listeners--;
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
    const response = await fetch(base, { signal: counted });
    expect(await response.text()).toBe("all");
    expect(listeners).toBe(0);
    controller.abort(reason);
    expect(sockets.size).toBe(1);
    expect(await (await fetch(base)).text()).toBe("all");
  });
});

describe("redirect", () => {
  it.each([
    [307, "POST", "POST", "body"],
    [308, "PUT", "PUT", "body"],
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [302, "PUT", "PUT", "body"],
    [303, "PUT", "GET", ""],
  ])("%i turns %s into %s", async (status, method, then, body) => {
    handle = (request, response, sent) => {
      if (request.url === "/from") response.writeHead(status, { location: "/to?x" }).end("moved");
      else
        response.end(
          JSON.stringify([
            request.method,
            request.url,
            sent.toString(),
            request.headers["content-type"] ?? "",
            request.headers.authorization,
          ]),
        );
    };
    const response = await fetch(`${base}/from`, {
      method,
      body: "body",
      headers: { authorization: "Bearer k", "content-type": "a/b" },
    });
    expect(await response.json()).toEqual([then, "/to?x", body, body && "a/b", "Bearer k"]);
    expect([response.redirected, response.url]).toEqual([true, `${base}/to?x`]);
  });

  it("takes no key to another origin", async () => {
    const other = createServer((request, response) => response.end(JSON.stringify(request.headers)));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    handle = (_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` }).end();
    const keys = { Authorization: "s", "API-Key": "s", "x-api-key": "s", cookie: "s", "x-goog-api-key": "s" };
    const response = await fetch(base, { method: "POST", body: "b", headers: { ...keys, "x-kept": "yes" } });
    const headers = (await response.json()) as Record<string, string>;
    expect(headers["x-kept"]).toBe("yes");
    expect(Object.values(headers)).not.toContain("s");
    other.closeAllConnections();
    other.close();
  });

  it("is followed 20 times, or as the caller says", async () => {
    let hops = 0;
    handle = (_request, response) => {
      hops++;
      response.writeHead(302, { location: "/again" }).end();
    };
    expect(await failureOf(fetch(base))).toMatchObject({
      message: "fetch failed",
      cause: { message: "redirect count exceeded" },
    });
    expect(hops).toBe(21);
    expect((await fetch(base, { redirect: "manual" })).status).toBe(302);
    expect(await failureOf(fetch(base, { redirect: "error" }))).toMatchObject({
      cause: { message: "unexpected redirect" },
    });
  });

  it("fails where the body is gone or the location can't be followed", async () => {
    handle = (_request, response) => response.writeHead(307, { location: "/to" }).end();
    const body = new Blob(["x"]).stream();
    expect(await failureOf(fetch(base, { method: "POST", body, duplex: "half" } as RequestInit))).toBeInstanceOf(
      TypeError,
    );
    handle = (_request, response) => response.writeHead(307, { location: "ftp://x" }).end();
    expect(await failureOf(fetch(base))).toBeInstanceOf(TypeError);
    handle = (_request, response) => response.writeHead(307, { location: "http://" }).end();
    expect(await failureOf(fetch(base))).toBeInstanceOf(TypeError);
  });
});

describe("connections", () => {
  it("are used again", async () => {
    handle = (_request, response) => response.end("ok");
    for (let at = 0; at < 10; at++) expect(await (await fetch(base)).text()).toBe("ok");
    // Two, not one: undici gives a connection back a turn after its answer has ended.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it("carry many calls at once, each with its own answer", async () => {
    handle = (_request, response, body) => void setImmediate(() => response.end(body));
    const texts = Array.from({ length: 200 }, (_, at) => `call ${at}`);
    const answers = await Promise.all(texts.map(async (body) => (await fetch(base, { method: "POST", body })).text()));
    expect(answers).toEqual(texts);
  });

  it("are as many as the caller allows", async () => {
    await using few = transport({ connections: 3 });
    handle = (_request, response, body) => void setImmediate(() => response.end(body));
    await Promise.all(Array.from({ length: 30 }, async () => (await few(base, { method: "POST", body: "x" })).text()));
    expect(connections).toBe(3);
  });

  it("are another dispatcher's where one is handed in, which stays open", async () => {
    handle = (_request, response) => response.end("ok");
    const agent = new Agent({ connections: 1 });
    let dispatched = 0;
    const counting = agent.compose((dispatch) => (options, handler) => {
      dispatched++;
      return dispatch(options, handler);
    });
    const given = transport({ dispatcher: counting });
    expect(await (await given(base)).text()).toBe("ok");
    await given.close();
    expect(await (await given(base)).text()).toBe("ok");
    expect(await (await fetch(base, { dispatcher: counting } as RequestInit)).text()).toBe("ok");
    expect(dispatched).toBe(3);
    await agent.close();
  });
});

it("gives up a long answer that nobody holds any more", async () => {
  handle = (_request, response) => {
    const push = (): void => {
      while (response.write(Buffer.alloc(64 * 1024)));
      response.once("drain", push);
    };
    push();
  };
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // In a function of its own, so that nothing here holds the response.
  await (async () => expect((await fetch(base)).status).toBe(200))();
  while (sockets.size > 0) {
    await new Promise(setImmediate);
    collect();
  }
  // And one that is still being read lives.
  const reader = (await fetch(base)).body?.getReader();
  for (let at = 0; at < 50; at++) {
    await new Promise(setImmediate);
    if (at % 10 === 0) collect();
    expect((await reader?.read())?.done).toBe(false);
  }
  await reader?.cancel();
});
