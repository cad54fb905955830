import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type GenerateRequest, type LLM, withRetry } from "@llmux/core";
import { openai } from "@llmux/openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLimit } from "./with-limit.js";

const request: GenerateRequest = { messages: [{ role: "user", content: "Why is the sky blue?" }] };
const apiKey = "sk-test-0123456789abcdef";
const at = (url: string): LLM =>
  createLLM({ adapters: [openai({ apiKey, baseURL: `${url}/v1` })], model: "openai/gpt-4o" });

describe("over sockets, with the adapter for OpenAI", () => {
  const mock = new LLMock({ port: 0 });
  const servers: Server[] = [];
  beforeEach(async () => {
    await mock.start();
    mock.onMessage(/.*/, { content: "Because of Rayleigh scattering." });
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    await mock.stop();
    mock.reset();
  });

  it("counts what the provider says that a call took, whole or streamed", async () => {
    const llm = withLimit(at(mock.url), { limits: [{ requests: 3, tokens: 100_000 }], whenFull: "fail" });
    const { usage, text } = await llm.generate(request);
    const total = usage.inputTokens.total! + usage.outputTokens.total!;
    expect(total).toBeGreaterThan(0);
    expect((await llm.status()).map(({ used }) => used)).toEqual([1, total]);
    const streamed = await collect(llm.stream(request));
    expect(streamed.text).toBe(text);
    const second = streamed.usage.inputTokens.total! + streamed.usage.outputTokens.total!;
    expect((await llm.status()).map(({ used }) => used)).toEqual([2, total + second]);
    await llm.embed!({ model: "openai/text-embedding-3-small", values: ["sky"] });
    const error = await llm.generate(request).then(
      () => expect.fail(),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ kind: "rate-limit", code: "llmux.limit" });
    expect(error.status).toBeUndefined();
    expect(JSON.stringify(error)).not.toContain(apiKey);
  });

  it("has no more connections open than calls may be under way, and waits inside retries for the next", async () => {
    let open = 0;
    let most = 0;
    const server = createServer((asked, response) => {
      open += 1;
      most = Math.max(most, open);
      asked.resume();
      asked.on("end", () =>
        setTimeout(() => {
          open -= 1;
          response.writeHead(307, { location: `${mock.url}/v1/chat/completions` }).end();
        }, 10),
      );
    }).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    const backend = at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const llm = withRetry(withLimit(backend, { limits: [{ parallel: 3 }] }));
    const texts = await Promise.all(
      Array.from({ length: 20 }, async (_, place) =>
        place % 2 === 0 ? (await llm.generate(request)).text : (await collect(llm.stream(request))).text,
      ),
    );
    expect(new Set(texts)).toEqual(new Set(["Because of Rayleigh scattering."]));
    expect(most).toBe(3);
  });

  it("frees the place of a stream that is left, whose socket is closed", async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const server = createServer((asked, response) => {
      asked.resume();
      response.on("close", () => closed());
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":"Be"},"finish_reason":null}]}\n\n',
      );
    }).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    const backend = at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const llm = withLimit(backend, { limits: [{ parallel: 1, tokens: 5000 }], whenFull: "fail" });
    for await (const event of llm.stream({ ...request, maxTokens: 4000 })) if (event.type === "text-delta") break;
    await gone;
    const [tokens, parallel] = await llm.status();
    expect(parallel!.used).toBe(0);
    expect(tokens!.used).toBeLessThan(20);
  });
});
