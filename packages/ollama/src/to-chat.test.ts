import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type GenerateRequest, isLLMError, type LLMBackend } from "@llmux/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ollama } from "./index.js";

const bodies: any[] = [];
const paths: string[] = [];
const server = createServer(async (request, response) => {
  let text = "";
  for await (const piece of request) text += String(piece);
  bodies.push(text === "" ? undefined : JSON.parse(text));
  paths.push(request.url ?? "");
  const { input } = (bodies.at(-1) ?? {}) as { input?: string[] };
  const embeddings = input?.map((value) => [Number(value), 1]);
  const answer = {
    model: "m",
    message: { role: "assistant", content: "Hi" },
    response: "Hi",
    done: true,
    done_reason: "stop",
  };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(input ? { model: "m", embeddings, prompt_eval_count: input.length } : answer));
});
let backend: LLMBackend;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  backend = ollama({ baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }).createBackend();
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  bodies.length = paths.length = 0;
});

const hello = { role: "user", content: "Hello" } as const;

async function sent(request: Partial<GenerateRequest>) {
  const { warnings } = await backend.generate({ model: "m", messages: [hello], ...request });
  return { body: bodies.at(-1), warnings };
}

const PNG = "iVBORw0KGgoAAAANSUhEUg==";

describe("the body of /api/chat", () => {
  it("holds no more than was asked", async () => {
    expect((await sent({})).body).toEqual({ model: "m", stream: false, messages: [hello] });
    expect(paths).toEqual(["/api/chat"]);
  });

  it("takes the sampling parameters as options", async () => {
    const { body } = await sent({
      maxTokens: 10,
      temperature: 0,
      topP: 0.9,
      topK: 40,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 7,
      stopSequences: ["END"],
    });
    expect(body.options).toEqual({
      num_predict: 10,
      temperature: 0,
      top_p: 0.9,
      top_k: 40,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      seed: 7,
      stop: ["END"],
    });
  });

  it("takes provider options, which win: model options, body fields, and such as nobody knows yet", async () => {
    const { body } = await sent({
      temperature: 1,
      reasoning: { effort: "low" },
      providerOptions: {
        ollama: {
          temperature: 0.2,
          num_ctx: 8192,
          mirostat: 2,
          keep_alive: "10m",
          think: false,
          truncate: false,
          options: { draft_num_predict: 4 },
          ...{ novelty: 1 },
        },
      },
    });
    expect(body).toMatchObject({ keep_alive: "10m", think: false, truncate: false, novelty: 1 });
    expect(body.options).toEqual({ temperature: 0.2, num_ctx: 8192, mirostat: 2, draft_num_predict: 4 });
  });

  it.each([
    ["qwen3", "none", false, 0],
    ["qwen3", "minimal", "low", 1],
    ["qwen3", "low", "low", 0],
    ["qwen3", "high", "high", 0],
    ["qwen3", "xhigh", "max", 1],
    ["qwen3", "max", "max", 0],
    ["gpt-oss:20b", "none", "low", 1],
    ["gpt-oss:20b", "medium", "medium", 0],
    ["gpt-oss:20b", "max", "high", 1],
  ] as const)("%s thinks with effort %s as %j", async (model, effort, think, warned) => {
    const { body, warnings } = await sent({ model, reasoning: { effort } });
    expect(body.think).toBe(think);
    expect(warnings.filter(({ type }) => type === "changed")).toHaveLength(warned);
  });

  it("asks for JSON, or for JSON of a shape", async () => {
    const schema = { type: "object", properties: { age: { type: "integer" } } };
    await expect(sent({ output: "json" })).rejects.toMatchObject({ kind: "malformed-response" });
    await expect(sent({ output: { schema } })).rejects.toMatchObject({ kind: "malformed-response" });
    expect(bodies.map(({ format }) => format)).toEqual(["json", schema]);
  });

  it("takes images by bytes, base64 and data URL, and refuses other URLs", async () => {
    const bytes = Uint8Array.from(Buffer.from(PNG, "base64"));
    const data = [bytes, PNG, `data:image/png;base64,${PNG}`];
    const { body } = await sent({
      messages: [
        {
          role: "user",
          content: [{ type: "text", text: "What?" }, ...data.map((one) => ({ type: "image" as const, data: one }))],
        },
      ],
    });
    expect(body.messages).toEqual([{ role: "user", content: "What?", images: [PNG, PNG, PNG] }]);
    const linked = [
      { role: "user" as const, content: [{ type: "image" as const, data: "https://example.com/a.png" }] },
    ];
    await expect(sent({ messages: linked })).rejects.toMatchObject({ kind: "unsupported" });
  });

  it("sends a conversation with thinking, tool calls and results back", async () => {
    const { body } = await sent({
      messages: [
        { role: "system", content: "Be brief." },
        hello,
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "Ask the tool." },
            { type: "tool-call", id: "call_0", name: "weather", input: { city: "Oslo" } },
            { type: "tool-call", id: "call_1", name: "time", input: {} },
          ],
        },
        { role: "tool", content: [{ type: "tool-result", toolCallId: "call_1", output: { hour: 9 } }] },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: "call_0",
              output: [
                { type: "text", text: "cold" },
                { type: "image", data: PNG },
              ],
            },
          ],
        },
      ],
      tools: [
        {
          name: "weather",
          description: "The weather",
          inputSchema: { type: "object", properties: { city: { type: "string" } } },
        },
      ],
    });
    expect(body.messages).toEqual([
      { role: "system", content: "Be brief." },
      hello,
      {
        role: "assistant",
        content: "",
        thinking: "Ask the tool.",
        tool_calls: [
          { id: "call_0", function: { name: "weather", arguments: { city: "Oslo" } } },
          { id: "call_1", function: { name: "time", arguments: {} } },
        ],
      },
      { role: "tool", content: '{"hour":9}', tool_name: "time", tool_call_id: "call_1" },
      { role: "tool", content: "cold", images: [PNG], tool_name: "weather", tool_call_id: "call_0" },
    ]);
    expect(body.tools).toEqual([
      {
        type: "function",
        function: {
          name: "weather",
          description: "The weather",
          parameters: { type: "object", properties: { city: { type: "string" } } },
        },
      },
    ]);
  });

  it("wraps arguments that are no object, and says so", async () => {
    const { body, warnings } = await sent({
      messages: [
        hello,
        {
          role: "assistant",
          content: [{ type: "tool-call", id: "a", name: "t", input: undefined, inputText: '{"x":' }],
        },
      ],
    });
    expect(body.messages[1].tool_calls[0].function.arguments).toEqual({ arguments: '{"x":' });
    expect(warnings).toMatchObject([{ type: "changed" }]);
  });

  it("leaves the tools out where they are forbidden", async () => {
    expect((await sent({ tools: [{ name: "t" }], toolChoice: "none" })).body).not.toHaveProperty("tools");
  });

  it.each([
    ["toolChoice", { tools: [{ name: "t" }], toolChoice: "required" }],
    ["toolChoice", { tools: [{ name: "t" }], toolChoice: { tool: "t" } }],
    ["parallelToolCalls", { tools: [{ name: "t" }], parallelToolCalls: false }],
    ["reasoning.budgetTokens", { reasoning: { budgetTokens: 100 } }],
    [
      "file parts",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "x" },
              { type: "file", data: "JVBERi0xLjQ=" },
            ],
          },
        ],
      },
    ],
    [
      "audio parts",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "x" },
              { type: "audio", data: "SUQzBAAA" },
            ],
          },
        ],
      },
    ],
    ["tools", { tools: [{ type: "provider", provider: "anthropic", value: { type: "web_search" } }] }],
    ["user", { user: "u-1" }],
    ["user", { user: "u-1", providerOptions: { ollama: { api: "generate" } } }],
  ] as [string, Partial<GenerateRequest>][])(
    "can't do %s, and with dropParams goes on without",
    async (parameter, request) => {
      const error = await sent(request).catch((thrown: unknown) => thrown);
      expect(isLLMError(error, "unsupported") && error.parameter).toBe(parameter);
      expect(bodies).toEqual([]);
      expect((await sent({ ...request, dropParams: true })).warnings).toMatchObject([{ type: "dropped", parameter }]);
    },
  );
});

describe("the body of /api/generate", () => {
  it("holds the prompt, and what only this endpoint takes", async () => {
    const { body } = await sent({
      messages: [{ role: "system", content: "Be brief." }, hello],
      maxTokens: 5,
      providerOptions: { ollama: { api: "generate", suffix: "}", template: "{{ .Prompt }}", num_ctx: 512 } },
    });
    expect(paths).toEqual(["/api/generate"]);
    expect(body).toEqual({
      model: "m",
      stream: false,
      prompt: "Hello",
      system: "Be brief.",
      suffix: "}",
      template: "{{ .Prompt }}",
      options: { num_predict: 5, num_ctx: 512 },
    });
  });

  it("takes no conversation", async () => {
    const messages = [hello, { role: "assistant" as const, content: "Hi" }, hello];
    const call = sent({ messages, providerOptions: { ollama: { api: "generate" } } });
    await expect(call).rejects.toMatchObject({ kind: "invalid-request", parameter: "messages" });
  });
});

describe("the body of /api/embed", () => {
  it("is sent in batches, and the order is kept", async () => {
    const values = Array.from({ length: 600 }, (_, index) => String(index));
    const result = await backend.embed!({
      model: "m",
      values,
      dimensions: 2,
      providerOptions: { ollama: { truncate: false, num_ctx: 64 } },
    });
    expect(result.embeddings.map(([first]) => first)).toEqual(values.map(Number));
    expect(result.usage.inputTokens.total).toBe(600);
    expect(paths).toEqual(["/api/embed", "/api/embed", "/api/embed"]);
    expect(bodies[0]).toMatchObject({ model: "m", dimensions: 2, truncate: false, options: { num_ctx: 64 } });
    expect(bodies[0].input).toHaveLength(256);
  });

  it("of nothing is not sent", async () => {
    expect((await backend.embed!({ model: "m", values: [] })).embeddings).toEqual([]);
    expect(paths).toEqual([]);
  });
});
