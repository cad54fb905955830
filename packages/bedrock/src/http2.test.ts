import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { collect, type LLMBackend } from "@llmux/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bedrock } from "./adapter.js";
import { errorOf, HI } from "./testing/asked.js";
import { encodeFrame } from "./testing/encode-frame.js";

const request = { model: "amazon.nova-lite-v1:0", messages: [{ role: "user", content: "Hi" }] } as const;
const hello = [
  encodeFrame({ ":event-type": "contentBlockDelta" }, { contentBlockIndex: 0, delta: { text: "Hi" } }),
  encodeFrame({ ":event-type": "messageStop" }, { stopReason: "end_turn" }),
  encodeFrame({ ":event-type": "metadata" }, { usage: { inputTokens: 3 } }),
];

let server: Http2Server;
let client: BedrockRuntimeClient;
let backend: LLMBackend;
let answers = 0;
/** How the next stream goes: whole, broken off, or without an end. */
let how: "whole" | "broken" | "endless" = "whole";
let closed: () => void = () => undefined;

beforeAll(async () => {
  server = createServer();
  server.on("stream", (stream, headers) => {
    answers++;
    stream.on("error", () => undefined);
    stream.on("close", () => closed());
    const path = headers[":path"] ?? "";
    if (path.endsWith("/converse")) {
      stream.respond({ ":status": answers % 2 ? 200 : 503, "content-type": "application/json" });
      stream.end(JSON.stringify(answers % 2 ? HI : { message: "Busy" }));
      return;
    }
    stream.respond({ ":status": 200, "content-type": "application/vnd.amazon.eventstream" });
    if (how === "whole") stream.end(Buffer.concat(hello));
    else stream.write(hello[0], () => void (how === "broken" && stream.session?.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new BedrockRuntimeClient({
    region: "us-east-1",
    credentials: { accessKeyId: "AKIA", secretAccessKey: "s" },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  backend = bedrock({ client }).createBackend();
});
afterAll(() => {
  client.destroy();
  server.close();
});

describe("a ready client with the SDK's own transport, HTTP/2", () => {
  it("answers, and is asked but once", async () => {
    const whole = await backend.generate(request);
    expect(whole).toMatchObject({ text: "Hi", response: { headers: { "content-type": "application/json" } } });
    expect(await errorOf(backend.generate(request))).toMatchObject({ kind: "overloaded", status: 503 });
    expect(answers).toBe(2);
  });

  it("streams, and tells a connection that breaks", async () => {
    how = "whole";
    expect(await collect(backend.stream(request))).toMatchObject({ text: "Hi", usage: { inputTokens: { total: 3 } } });
    how = "broken";
    expect(await errorOf(collect(backend.stream(request)))).toMatchObject({ kind: "connection", retryable: true });
  });

  it("is left by breaking out of the loop", async () => {
    how = "endless";
    const left = new Promise<void>((resolve) => {
      closed = resolve;
    });
    for await (const event of backend.stream(request)) if (event.type === "text-delta") break;
    await left;
  });
});
