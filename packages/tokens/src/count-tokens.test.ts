import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";
import { anthropic } from "@llmux/anthropic";
import { createLLM, type LLMBackend, LLMError, type Message } from "@llmux/core";
import { openai } from "@llmux/openai";
import { mockBackend } from "@llmux/testkit";
import { describe, expect, it } from "vitest";
import { countTokens, withTokenCounting } from "./count-tokens.js";

const messages: Message[] = [{ role: "user", content: "Hello" }];
const none: Pick<LLMBackend, "countTokens"> = {};
const failing = (error: unknown): Pick<LLMBackend, "countTokens"> => ({ countTokens: () => Promise.reject(error) });

describe("countTokens", () => {
  it("asks the provider where it can count", async () => {
    const asked: unknown[] = [];
    const backend: Pick<LLMBackend, "countTokens"> = {
      async countTokens(request) {
        asked.push(request);
        return { inputTokens: 42 };
      },
    };
    expect(await countTokens(backend, { model: "m", messages })).toEqual({ inputTokens: 42, estimated: false });
    expect(asked).toEqual([{ model: "m", messages }]);
  });

  it("estimates where it can't, and where a router's adapter can't", async () => {
    expect(await countTokens(none, { messages })).toEqual({ inputTokens: 3 + 4 + 1, estimated: true });
    const llm = createLLM({ adapters: [openai({ apiKey: "sk-test" })], model: "openai/gpt-4o" });
    expect(await countTokens(llm, { messages })).toEqual({ inputTokens: 8, estimated: true });
  });

  it("hides no failure", async () => {
    const failures = [
      new LLMError({ kind: "authentication", message: "no" }),
      new LLMError({ kind: "unsupported", parameter: "tools", message: "no" }),
      new TypeError("bug"),
    ];
    for (const error of failures) await expect(countTokens(failing(error), { messages })).rejects.toBe(error);
  });

  // Its example, whose counts are those of OpenAI's own API; user messages in place of system ones, which have no name here.
  it("agrees with OpenAI's cookbook on messages", async () => {
    const example: Message[] = [
      {
        role: "system",
        content: "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
      },
      { role: "user", name: "example_user", content: "New synergies will help drive top-line growth." },
      { role: "user", name: "example_assistant", content: "Things working well together will increase revenue." },
      {
        role: "user",
        name: "example_user",
        content: "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
      },
      {
        role: "user",
        name: "example_assistant",
        content: "Let's talk later when we're less busy about how to do better.",
      },
      {
        role: "user",
        content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
      },
    ];
    const count = async (model: string) => (await countTokens(none, { model, messages: example })).inputTokens;
    expect([await count("gpt-4o"), await count("gpt-4")]).toEqual([124, 129]);
  });

  it("agrees with OpenAI's cookbook on tools", async () => {
    const properties = {
      location: { type: "string", description: "The city and state, e.g. San Francisco, CA" },
      unit: { type: "string", description: "The unit of temperature to return", enum: ["celsius", "fahrenheit"] },
    };
    const tools = [
      {
        name: "get_current_weather",
        description: "Get the current weather in a given location",
        inputSchema: { type: "object", properties, required: ["location"] },
      },
    ];
    const asked: Message[] = [
      {
        role: "system",
        content: "You are a helpful assistant that can answer to questions about the weather.",
      },
      { role: "user", content: "What's the weather like in San Francisco?" },
    ];
    const count = async (model: string) => (await countTokens(none, { model, messages: asked, tools })).inputTokens;
    expect([await count("gpt-4o"), await count("gpt-4")]).toEqual([101, 105]);
  });

  it("counts every kind of part, and tools", async () => {
    const count = async (content: Message["content"], more = {}) =>
      (await countTokens(none, { messages: [{ role: "user", content } as Message], ...more })).inputTokens;
    const empty = await count([]);
    expect(empty).toBe(7);
    expect(await count([{ type: "text", text: "Hello" }])).toBe(empty + 1);
    expect(await count([{ type: "image", data: "https://a.example/x.png" }])).toBe(empty + 765);
    expect(await count([{ type: "audio", data: new Uint8Array() }])).toBe(empty + 1000);
    expect(await count([{ type: "tool-call", id: "1", name: "now", input: {} }])).toBeGreaterThan(empty + 3);
    expect(await count([{ type: "tool-result", toolCallId: "1", output: [{ type: "text", text: "Hello" }] }])).toBe(
      empty + 5,
    );
    expect(await count([{ type: "tool-result", toolCallId: "1", output: { a: undefined } }])).toBe(empty + 5);
    expect(await count([{ type: "tool-result", toolCallId: "1", output: undefined }])).toBe(empty + 4);
  });
});

describe("withTokenCounting", () => {
  it("adds the call, and changes no other", async () => {
    const backend = mockBackend("Hi");
    const counting = withTokenCounting(backend);
    expect(await counting.countTokens({ messages })).toMatchObject({ estimated: expect.any(Boolean) });
    expect((await counting.generate({ messages })).text).toBe("Hi");
    expect("rerank" in counting).toBe(false);
  });

  it("estimates over a socket with an adapter that lacks the call", async () => {
    const mock = new LLMock({ port: 0 });
    await mock.start();
    try {
      const counting = withTokenCounting(openai({ apiKey: "sk-test", baseURL: `${mock.url}/v1` }).createBackend());
      expect(await counting.countTokens({ model: "gpt-4o", messages })).toEqual({ inputTokens: 8, estimated: true });
      expect(mock.getRequests()).toEqual([]);
    } finally {
      await mock.stop();
    }
  });

  it("asks over a socket with an adapter that has it", async () => {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.setHeader("content-type", "application/json").end('{"input_tokens":42}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const counting = withTokenCounting(anthropic({ apiKey: "sk-ant-test", baseURL }).createBackend());
      const count = await counting.countTokens({ model: "claude-sonnet-5-5", messages });
      expect(count).toEqual({ inputTokens: 42, estimated: false });
      expect(paths).toEqual([expect.stringMatching(/count_tokens/)]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("the tokenizer", () => {
  it("is loaded when it is first needed, and no sooner", () => {
    const program = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load(url, context, next) { if (url.includes("gpt-tokenizer")) loaded.push(url); return next(url, context); } });
      const { countTokens, trimMessages } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
      const messages = [{ role: "user", content: "Hello" }];
      await countTokens({ countTokens: async () => ({ inputTokens: 1 }) }, { messages });
      await trimMessages(messages, { maxTokens: 10, count: () => 1 });
      const before = loaded.length;
      await countTokens({}, { messages });
      console.log(JSON.stringify([before, loaded.length > 0]));
    `;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    expect(JSON.parse(output)).toEqual([0, true]);
  });
});
