import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Anthropic } from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import { OpenAI, toFile } from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Transport, transport } from "./transport.js";

let server: Server;
let base: string;
let handle: (request: IncomingMessage, response: ServerResponse, body: string) => void;
let sockets: Set<Socket>;
let fetch: Transport;

beforeEach(async () => {
  sockets = new Set();
  server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    handle(request, response, body);
  });
  server.on("connection", (socket) => {
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

async function allClosed(): Promise<void> {
  for (const socket of sockets) if (!socket.destroyed) await once(socket, "close");
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): void => {
  handle = (_request, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
};

const pieces = (type: string, parts: readonly string[], end = true): void => {
  handle = async (_request, response) => {
    response.writeHead(200, { "content-type": type });
    for (const part of parts) {
      response.write(part);
      await new Promise(setImmediate);
    }
    if (end) response.end();
  };
};

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error,
  );
}

describe("openai", () => {
  const make = (): OpenAI => new OpenAI({ apiKey: "sk-test", baseURL: base, maxRetries: 0, fetch });
  const ask = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hi" }] };
  const chunk = (content: string): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

  it("answers, with its request id", async () => {
    json({ choices: [{ message: { content: "Hello" } }] }, 200, { "x-request-id": "req_1" });
    const { data, response, request_id } = await make().chat.completions.create(ask).withResponse();
    expect([data.choices[0]?.message.content, request_id, response.status]).toEqual(["Hello", "req_1", 200]);
  });

  it("streams", async () => {
    pieces("text/event-stream", [
      chunk("Hel"),
      chunk("lo").slice(0, 20),
      `${chunk("lo").slice(20)}data: [DO`,
      "NE]\n\n",
    ]);
    let text = "";
    for await (const part of await make().chat.completions.create({ ...ask, stream: true }))
      text += part.choices[0]?.delta.content;
    expect(text).toBe("Hello");
  });

  it("gives the raw response to be iterated", async () => {
    pieces("text/event-stream", [chunk("a"), chunk("b")]);
    const response = await make()
      .chat.completions.create({ ...ask, stream: true })
      .asResponse();
    let text = "";
    for await (const piece of response.body as ReadableStream<Uint8Array>) text += Buffer.from(piece).toString();
    expect(text).toBe(chunk("a") + chunk("b"));
  });

  it("ends the request when a stream is left, its controller or the caller's signal aborts", async () => {
    for (const leave of ["break", "controller", "signal"]) {
      pieces("text/event-stream", [chunk("a")], false);
      const caller = new AbortController();
      const stream = await make().chat.completions.create({ ...ask, stream: true }, { signal: caller.signal });
      for await (const _ of stream) {
        if (leave === "break") break;
        if (leave === "controller") stream.controller.abort();
        else caller.abort();
      }
      await allClosed();
      expect(sockets.size).toBe(0);
    }
  });

  it("fails on a stream that is cut", async () => {
    handle = (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(chunk("a"));
      setImmediate(() => response.destroy());
    };
    const stream = await make().chat.completions.create({ ...ask, stream: true });
    const read = async (): Promise<void> => {
      for await (const _ of stream);
    };
    expect(await failureOf(read())).toMatchObject({ message: "terminated" });
  });

  it("tells the provider's errors, with headers, and retries where it is told to", async () => {
    json({ error: { message: "Slow down", code: "rate_limit_exceeded" } }, 429, { "retry-after": "7" });
    const error = (await failureOf(Promise.resolve(make().chat.completions.create(ask)))) as InstanceType<
      typeof OpenAI.APIError
    >;
    expect([error.status, error.code, error.headers?.get("retry-after")]).toEqual([429, "rate_limit_exceeded", "7"]);
    let calls = 0;
    handle = (_request, response) => {
      response.setHeader("content-type", "application/json");
      if (++calls === 1) response.writeHead(500, { "retry-after-ms": "1" }).end("{}");
      else response.end(JSON.stringify({ data: [] }));
    };
    expect((await new OpenAI({ apiKey: "k", baseURL: base, maxRetries: 1, fetch }).models.list()).data).toEqual([]);
    expect(calls).toBe(2);
  });

  it("times out and tells a failed connection", async () => {
    handle = () => undefined;
    expect(await failureOf(Promise.resolve(make().chat.completions.create(ask, { timeout: 20 })))).toBeInstanceOf(
      OpenAI.APIConnectionTimeoutError,
    );
    handle = (request) => request.socket.destroy();
    expect(await failureOf(Promise.resolve(make().chat.completions.create(ask)))).toBeInstanceOf(
      OpenAI.APIConnectionError,
    );
  });

  it("uploads and downloads files", async () => {
    let sent = "";
    handle = (request, response, body) => {
      sent = `${request.headers["content-type"]} ${body}`;
      response.setHeader("content-type", "application/json");
      response.end('{"id":"file_1"}');
    };
    await make().files.create({ file: await toFile(Buffer.from("line\n"), "a.jsonl"), purpose: "batch" });
    expect(sent).toMatch(/^multipart\/form-data; boundary=/);
    expect(sent).toContain("line\n");
    handle = (_request, response) =>
      response.writeHead(200, { "content-type": "application/octet-stream" }).end("bytes");
    expect(Buffer.from(await (await make().files.content("file_1")).arrayBuffer()).toString()).toBe("bytes");
  });
});

describe("anthropic", () => {
  const make = (): Anthropic => new Anthropic({ apiKey: "sk-test", baseURL: base, maxRetries: 0, fetch });
  const ask = { model: "claude-haiku-4-5", max_tokens: 9, messages: [{ role: "user" as const, content: "Hi" }] };
  const event = (data: { type: string; [key: string]: unknown }): string =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const events = [
    event({
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    }),
    event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } }),
    event({ type: "content_block_stop", index: 0 }),
    event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } }),
    event({ type: "message_stop" }),
  ];

  it("answers, streams and accumulates", async () => {
    json({ content: [{ type: "text", text: "Hello" }] });
    expect((await make().messages.create(ask)).content).toEqual([{ type: "text", text: "Hello" }]);
    pieces("text/event-stream", events);
    const types: string[] = [];
    for await (const { type } of await make().messages.create({ ...ask, stream: true })) types.push(type);
    expect(types).toHaveLength(6);
    expect(await make().messages.stream(ask).finalText()).toBe("Hello");
  });

  it("ends the request when a stream is left or aborted", async () => {
    pieces("text/event-stream", events.slice(0, 3), false);
    for await (const { type } of await make().messages.create({ ...ask, stream: true }))
      if (type === "content_block_delta") break;
    await allClosed();
    const caller = new AbortController();
    for await (const { type } of await make().messages.create({ ...ask, stream: true }, { signal: caller.signal })) {
      if (type === "content_block_delta") caller.abort();
    }
    await allClosed();
    expect(sockets.size).toBe(0);
  });

  it("tells the provider's errors", async () => {
    json({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, 529);
    expect(await failureOf(Promise.resolve(make().messages.create(ask)))).toMatchObject({ status: 529 });
  });
});

describe("ollama", () => {
  const make = (): Ollama => new Ollama({ host: base, fetch });
  const ask = { model: "llama3.2", messages: [{ role: "user", content: "Hi" }] };
  const line = (content: string, done = false): string =>
    `${JSON.stringify({ message: { role: "assistant", content }, done })}\n`;

  it("answers and streams", async () => {
    json({ message: { role: "assistant", content: "Hello" }, done: true });
    expect((await make().chat(ask)).message.content).toBe("Hello");
    pieces("application/x-ndjson", [line("Hel").slice(0, 9), line("Hel").slice(9) + line("lo"), line("", true)]);
    let text = "";
    for await (const part of await make().chat({ ...ask, stream: true })) text += part.message.content;
    expect(text).toBe("Hello");
  });

  it("ends the request when it is aborted", async () => {
    pieces("application/x-ndjson", [line("a")], false);
    const client = make();
    const stream = await client.chat({ ...ask, stream: true });
    const read = async (): Promise<void> => {
      for await (const _ of stream) client.abort();
    };
    expect(await failureOf(read())).toMatchObject({ name: "AbortError" });
    await allClosed();
    expect(sockets.size).toBe(0);
  });

  it("tells the server's errors", async () => {
    json({ error: "model 'x' not found" }, 404);
    expect(await failureOf(make().chat(ask))).toMatchObject({ status_code: 404, error: "model 'x' not found" });
  });
});
