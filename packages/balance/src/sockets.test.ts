import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type GenerateRequest, type LLM, withRetry } from "@llmux/core";
import { openai } from "@llmux/openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { balance } from "./balance.js";
import type { Strategy } from "./strategy.js";

const request: GenerateRequest = { messages: [{ role: "user", content: "Why is the sky blue?" }] };
const apiKey = "sk-test-0123456789abcdef";
const inOrder: Strategy = (candidates) => candidates[0]!;
const at = (url: string): LLM =>
  createLLM({ adapters: [openai({ apiKey, baseURL: `${url}/v1` })], model: "openai/gpt-4o" });

/** A server of one's own, for what the mock does not do: limits with headers, and hanging. */
class Provider {
  readonly #server: Server;
  requests = 0;
  /** Resolves when a client has closed a connection that had no whole answer. */
  readonly closed: Promise<void>;

  constructor(handle: (request: IncomingMessage, response: ServerResponse) => void) {
    let closed: () => void;
    this.closed = new Promise((resolve) => (closed = resolve));
    this.#server = createServer((asked, response) => {
      this.requests += 1;
      response.on("close", () => !response.writableFinished && closed());
      asked.resume();
      handle(asked, response);
    }).listen(0, "127.0.0.1");
  }

  async url(): Promise<string> {
    if (!this.#server.listening) await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe("over sockets, with the adapter for OpenAI", () => {
  const mock = new LLMock({ port: 0 });
  const providers: Provider[] = [];
  beforeEach(async () => {
    await mock.start();
    mock.onMessage(/.*/, { content: "Because of Rayleigh scattering." });
  });
  afterEach(async () => {
    for (const provider of providers.splice(0)) provider.stop();
    await mock.stop();
    mock.reset();
  });
  const provider = (handle: (asked: IncomingMessage, response: ServerResponse) => void): Provider => {
    const made = new Provider(handle);
    providers.push(made);
    return made;
  };

  it("goes on where one is limited, and does not ask it again while it said not to", async () => {
    const limited = provider((_, response) => {
      response.writeHead(429, { "retry-after": "60", "content-type": "application/json" });
      response.end('{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}');
    });
    const deployments = [
      { name: "limited", backend: at(await limited.url()) },
      { name: "mock", backend: at(mock.url) },
    ];
    const llm = balance({ deployments, strategy: inOrder });
    const { text, attempts } = await llm.generate(request);
    expect(text).toBe("Because of Rayleigh scattering.");
    expect(attempts).toMatchObject([
      { deployment: "limited", error: { kind: "rate-limit", status: 429 } },
      { deployment: "mock" },
    ]);
    expect(await collect(llm.stream(request))).toMatchObject({ text, attempts: [{ deployment: "mock" }] });
    expect(limited.requests).toBe(1);
    const [status] = llm.status();
    expect(status).toMatchObject({ state: "cooling", kind: "rate-limit" });
    expect(JSON.stringify([attempts, llm.status()])).not.toContain(apiKey);
  });

  it("closes the socket of the one that loses", async () => {
    const hanging = provider(() => {});
    for (const call of ["generate", "stream"] as const) {
      const deployments = [
        { name: "hanging", backend: at(await hanging.url()) },
        { name: "mock", backend: at(mock.url) },
      ];
      const llm = balance({ deployments, strategy: inOrder, hedge: { after: 20 } });
      const result = call === "generate" ? await llm.generate(request) : await collect(llm.stream(request));
      expect(result).toMatchObject({
        text: "Because of Rayleigh scattering.",
        attempts: [{ deployment: "hanging", error: { kind: "aborted" } }, { deployment: "mock" }],
      });
      await hanging.closed;
      expect(llm.status().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    }
  });

  it("closes the socket of a stream that is left", async () => {
    const slow = provider((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":"Be"},"finish_reason":null}]}\n\n',
      );
    });
    const llm = balance({ deployments: [{ name: "slow", backend: at(await slow.url()) }] });
    for await (const event of llm.stream(request)) if (event.type === "text-delta") break;
    await slow.closed;
    expect(llm.status()[0]!.inFlight).toBe(0);
  });

  it("works inside retries, which wait only when no deployment is left", async () => {
    let limits = 2;
    const flaky = provider((_, response) => {
      if (limits-- > 0) response.writeHead(429, { "retry-after-ms": "30" }).end();
      else response.writeHead(307, { location: `${mock.url}/v1/chat/completions` }).end();
    });
    const url = await flaky.url();
    const deployments = ["one", "two"].map((name) => ({ name, backend: at(url) }));
    const waits: number[] = [];
    const llm = withRetry(balance({ deployments, strategy: inOrder }), {
      minWait: 0,
      onRetry: ({ wait }) => waits.push(wait),
    });
    expect((await llm.generate(request)).text).toBe("Because of Rayleigh scattering.");
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeLessThanOrEqual(30);
  });
});
