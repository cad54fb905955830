import { type GenerateRequest, isLLMError, type Message } from "@llmux/core";
import { type Recording, ReplayServer } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anthropic } from "./adapter.js";

const reply: Recording = {
  id: "reply",
  provider: "anthropic",
  api: "messages",
  scenario: "shape",
  wire: "json",
  request: {},
  expected: undefined,
  response: {
    status: 200,
    body: {
      type: "message",
      id: "msg_1",
      model: "claude",
      content: [{ type: "text", text: "{}" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  },
};
const user = (text: string): Message => ({ role: "user", content: text });
const ask: Message = user("Hi");
const call = { type: "tool-call", id: "t1", name: "f", input: { a: 1 } } as const;
const cached = { type: "ephemeral" };

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
  server.serve(reply);
});
afterAll(() => server.stop());

/** What goes over the wire for a request, and the warnings that come back. */
async function sent(request: Partial<GenerateRequest>): Promise<{ body: any; headers: any; warnings: string[] }> {
  const backend = anthropic({ apiKey: "sk-ant-test", baseURL: `${server.url}/v1/` }).createBackend();
  const { warnings } = await backend.generate({ model: "claude-sonnet-4-6", messages: [ask], ...request });
  const { body, headers, path } = server.requests.at(-1) as (typeof server.requests)[number];
  expect(path).toBe("/v1/messages");
  return { body, headers, warnings: warnings.map(({ type, parameter }) => `${type} ${parameter}`) };
}

async function refused(request: Partial<GenerateRequest>): Promise<string | undefined> {
  const before = server.requests.length;
  const error = await sent(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(isLLMError(error, "unsupported", "invalid-request")).toBe(true);
  expect(server.requests.length).toBe(before);
  return isLLMError(error) ? error.parameter : undefined;
}

describe("messages", () => {
  it("puts system messages into the system prompt, cache hints included", async () => {
    const { body, warnings } = await sent({
      messages: [
        { role: "system", content: "One" },
        { role: "system", content: [{ type: "text", text: "Two", cache: { ttl: "1h" } }] },
        ask,
      ],
    });
    expect(body.system).toEqual([
      { type: "text", text: "One" },
      { type: "text", text: "Two", cache_control: { type: "ephemeral", ttl: "1h" } },
    ]);
    expect(body.messages).toEqual([{ role: "user", content: [{ type: "text", text: "Hi" }] }]);
    expect(warnings).toEqual([]);
  });

  it("leaves a later system message in place where the model takes it, else moves it and says so", async () => {
    const messages: Message[] = [ask, { role: "system", content: "Now in French" }];
    const older = await sent({ messages });
    expect(older.body.system).toEqual([{ type: "text", text: "Now in French" }]);
    expect(older.warnings).toEqual(["changed messages"]);
    const newer = await sent({ messages, model: "claude-opus-4-8" });
    expect(newer.body.system).toBeUndefined();
    expect(newer.body.messages[1]).toEqual({ role: "system", content: [{ type: "text", text: "Now in French" }] });
    expect(newer.warnings).toEqual([]);
  });

  it("joins turns of one role, tool results first, and leaves empty ones out", async () => {
    const { body } = await sent({
      messages: [
        ask,
        user(""),
        { role: "assistant", content: [call, { ...call, id: "t2" }] },
        user("Well?"),
        { role: "tool", content: [{ type: "tool-result", toolCallId: "t1", output: "ok" }] },
        {
          role: "tool",
          content: [{ type: "tool-result", toolCallId: "t2", output: { b: [2] }, isError: true, cache: true }],
        },
        { role: "assistant", content: "" },
        user("And?"),
      ],
    });
    expect(body.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: ["t1", "t2"].map((id) => ({ type: "tool_use", id, name: "f", input: { a: 1 } })),
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t1", content: "ok" },
          { type: "tool_result", tool_use_id: "t2", content: '{"b":[2]}', is_error: true, cache_control: cached },
          { type: "text", text: "Well?" },
          { type: "text", text: "And?" },
        ],
      },
    ]);
  });

  it("takes images and documents as bytes, base64, URLs and file ids", async () => {
    const png = "iVBORw0KGgo=";
    const { body } = await sent({
      messages: [
        {
          role: "user",
          content: [
            { type: "image", data: Buffer.from(png, "base64"), cache: true },
            { type: "image", data: "https://x.test/a.png" },
            { type: "image", data: { fileId: "file_1" } },
            {
              type: "file",
              data: "JVBERi0xLjQ=",
              filename: "a.pdf",
              providerOptions: { anthropic: { citations: { enabled: true } } },
            },
            { type: "file", data: new URL("https://x.test/a.pdf") },
            { type: "file", data: { fileId: "file_2" } },
            { type: "file", data: Buffer.from("Grüße"), mediaType: "text/plain", filename: "a.txt" },
            { type: "file", data: png },
          ],
        },
      ],
    });
    const image = { type: "base64", media_type: "image/png", data: png };
    expect(body.messages[0].content).toEqual([
      { type: "image", source: image, cache_control: cached },
      { type: "image", source: { type: "url", url: "https://x.test/a.png" } },
      { type: "image", source: { type: "file", file_id: "file_1" } },
      {
        type: "document",
        title: "a.pdf",
        citations: { enabled: true },
        source: { type: "base64", media_type: "application/pdf", data: "JVBERi0xLjQ=" },
      },
      { type: "document", source: { type: "url", url: "https://x.test/a.pdf" } },
      { type: "document", source: { type: "file", file_id: "file_2" } },
      { type: "document", title: "a.txt", source: { type: "text", media_type: "text/plain", data: "Grüße" } },
      { type: "image", source: image },
    ]);
  });

  it("takes tool results with images and documents", async () => {
    const output = [
      { type: "text", text: "See" },
      { type: "image", data: "iVBORw0KGgo=" },
      { type: "file", data: "JVBERi0xLjQ=" },
    ] as const;
    const { body } = await sent({
      messages: [
        ask,
        { role: "assistant", content: [call] },
        { role: "tool", content: [{ type: "tool-result", toolCallId: "t1", output }] },
      ],
    });
    expect(body.messages[2].content[0].content.map((block: any) => block.source?.media_type ?? block.text)).toEqual([
      "See",
      "image/png",
      "application/pdf",
    ]);
  });

  it("sends citations back in the form that the API takes", async () => {
    const raw = { type: "char_location", cited_text: "c", document_index: 0, start_char_index: 0, end_char_index: 1 };
    const citations = [{ text: "c", raw: { ...raw, file_id: "file_1" } }, { url: "https://x.test" }];
    const { body } = await sent({
      messages: [ask, { role: "assistant", content: [{ type: "text", text: "See.", citations }] }, ask],
    });
    expect(body.messages[1].content).toEqual([{ type: "text", text: "See.", citations: [raw] }]);
  });

  it("sends reasoning back as it was sealed, and only what was sealed", async () => {
    const { body, warnings } = await sent({
      messages: [
        ask,
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "hm", signature: "s1" },
            { type: "reasoning", text: "", signature: "s2" },
            { type: "reasoning", text: "", redacted: "r" },
            { type: "reasoning", text: "another provider's" },
            { type: "refusal", text: "No." },
            {
              type: "tool-call",
              id: "t9",
              name: "zoom",
              input: undefined,
              inputText: "{oops",
              providerMetadata: { anthropic: { toolset_name: "browser" } },
            },
          ],
        },
        { role: "tool", content: [{ type: "tool-result", toolCallId: "t9", output: "bad" }] },
      ],
    });
    expect(body.messages[1].content).toEqual([
      { type: "thinking", thinking: "hm", signature: "s1" },
      { type: "thinking", thinking: "", signature: "s2" },
      { type: "redacted_thinking", data: "r" },
      { type: "text", text: "No." },
      { type: "tool_use", id: "t9", name: "zoom", input: { INVALID_JSON: "{oops" }, toolset_name: "browser" },
    ]);
    expect(body.messages[2].content[0].toolset_name).toBe("browser");
    expect(warnings).toEqual(["dropped messages"]);
  });

  it.each([
    [
      "audio",
      {
        role: "user",
        content: [
          { type: "audio", data: "UklGRg==", mediaType: "audio/wav" },
          { type: "text", text: "x" },
        ],
      },
    ],
    [
      "a spreadsheet",
      {
        role: "user",
        content: [
          { type: "file", data: "AAAA", mediaType: "application/vnd.ms-excel" },
          { type: "text", text: "x" },
        ],
      },
    ],
    [
      "another provider's part",
      {
        role: "user",
        content: [
          { type: "provider", provider: "openai", value: {} },
          { type: "text", text: "x" },
        ],
      },
    ],
    [
      "an image of the assistant's",
      {
        role: "assistant",
        content: [
          { type: "image", data: "iVBORw0KGgo=" },
          { type: "text", text: "x" },
        ],
      },
    ],
  ] as [string, Message][])("refuses %s, or drops it with a warning", async (_, message) => {
    expect(await refused({ messages: [message] })).toMatch(/^messages: /);
    const { body, warnings } = await sent({ messages: [message], dropParams: true });
    expect(body.messages[0].content).toEqual([{ type: "text", text: "x" }]);
    expect(warnings).toHaveLength(1);
  });
});

describe("tools", () => {
  const f = {
    name: "f",
    description: "F",
    inputSchema: { type: "object", properties: { a: { type: "number", minimum: 1 } } },
  };

  it("sends tools of the application's and of the server's", async () => {
    const search = { type: "web_search_20250305", name: "web_search" };
    const { body } = await sent({
      tools: [
        { ...f, cache: true, providerOptions: { anthropic: { defer_loading: true } } },
        { name: "g" },
        { type: "provider", provider: "anthropic", value: search },
      ],
    });
    expect(body.tools).toEqual([
      { name: "f", description: "F", input_schema: f.inputSchema, cache_control: cached, defer_loading: true },
      { name: "g", input_schema: { type: "object", properties: {}, additionalProperties: false } },
      search,
    ]);
    expect(body.tool_choice).toBeUndefined();
  });

  it("holds a strict tool to its schema where the model can", async () => {
    const tools = [{ ...f, strict: true }];
    const { body } = await sent({ tools });
    expect(body.tools[0]).toMatchObject({ strict: true, input_schema: { additionalProperties: false } });
    const older = await sent({ tools, model: "claude-3-haiku-20240307" });
    expect(older.body.tools[0]).toEqual({ name: "f", description: "F", input_schema: f.inputSchema });
  });

  it.each([
    ["auto", undefined, { type: "auto" }],
    ["required", undefined, { type: "any" }],
    ["none", undefined, { type: "none" }],
    [{ tool: "f" }, false, { type: "tool", name: "f", disable_parallel_tool_use: true }],
    [undefined, false, { type: "auto", disable_parallel_tool_use: true }],
    ["required", true, { type: "any", disable_parallel_tool_use: false }],
  ] as const)("tool choice %j, parallel %j", async (toolChoice, parallelToolCalls, wire) => {
    expect((await sent({ tools: [f], toolChoice, parallelToolCalls })).body.tool_choice).toEqual(wire);
  });

  it("refuses another provider's tool", async () => {
    expect(await refused({ tools: [{ type: "provider", provider: "openai", value: {} }] })).toMatch(/^tools: /);
  });
});

describe("parameters", () => {
  it("maps the plain ones", async () => {
    const { body } = await sent({ maxTokens: 5, temperature: 0.5, topK: 3, stopSequences: ["."], user: "u" });
    expect(body).toMatchObject({
      max_tokens: 5,
      temperature: 0.5,
      top_k: 3,
      stop_sequences: ["."],
      metadata: { user_id: "u" },
    });
  });

  it.each([
    ["claude-3-haiku-20240307", 4096],
    ["claude-3-5-sonnet-20241022", 8192],
    ["claude-sonnet-4-20250514", 32_000],
    ["claude-opus-5-5", 32_000],
    ["another-hosts-model", 8192],
  ])("max_tokens of %s is %i by default", async (model, max) => {
    expect((await sent({ model })).body.max_tokens).toBe(max);
  });

  it("lets provider options win, and sends betas as a header", async () => {
    const { body, headers } = await sent({
      maxTokens: 5,
      headers: { "x-team": "a" },
      output: { schema: { type: "object", properties: {} } },
      providerOptions: {
        anthropic: {
          max_tokens: 7,
          betas: ["a", "b"],
          output_config: { effort: "low" },
          service_tier: "auto",
          context_management: { edits: [{ type: "compact_20260112" }] },
        },
      },
    });
    expect(headers).toMatchObject({ "anthropic-beta": "a,b", "x-team": "a", authorization: "Bearer sk-ant-test" });
    expect(body).toMatchObject({
      max_tokens: 7,
      service_tier: "auto",
      context_management: { edits: [{ type: "compact_20260112" }] },
      output_config: { effort: "low", format: { type: "json_schema" } },
    });
    expect(body.betas).toBeUndefined();
  });

  it.each([
    ["seed", {}],
    ["frequencyPenalty", {}],
    ["presencePenalty", {}],
    ["temperature", { model: "claude-opus-4-7" }],
    ["topP", { model: "claude-sonnet-5" }],
    ["topK", { model: "claude-opus-5" }],
    ["topK", { reasoning: { effort: "high" } }],
    ["temperature", { reasoning: { budgetTokens: 2000 } }],
    ["topP", { temperature: 0.5 }],
  ] as [string, Partial<GenerateRequest>][])("refuses %s with %j", async (name, others) => {
    expect(await refused({ ...others, [name]: 0.5 })).toBe(name);
  });
});

describe("reasoning", () => {
  const budget = (budget_tokens: number) => ({ type: "enabled", budget_tokens });
  it.each([
    ["claude-sonnet-4-5", { budgetTokens: 4000 }, budget(4000), undefined, []],
    ["claude-sonnet-4-5", { budgetTokens: 10 }, budget(1024), undefined, ["changed reasoning.budgetTokens"]],
    ["claude-haiku-4-5-20251001", { effort: "low" }, budget(2048), undefined, ["changed reasoning.effort"]],
    ["claude-sonnet-4-6", { effort: "medium" }, { type: "adaptive" }, "medium", []],
    ["claude-sonnet-4-6", { effort: "xhigh" }, { type: "adaptive" }, "high", ["changed reasoning.effort"]],
    ["claude-sonnet-4-6", { budgetTokens: 4000 }, budget(4000), undefined, []],
    ["claude-opus-4-7", { effort: "xhigh", budgetTokens: 9 }, { type: "adaptive", display: "summarized" }, "xhigh", []],
    [
      "claude-opus-5-5",
      { effort: "minimal" },
      { type: "adaptive", display: "summarized" },
      "low",
      ["changed reasoning.effort"],
    ],
    ["claude-sonnet-5", { effort: "none" }, { type: "disabled" }, undefined, []],
    ["claude-3-5-haiku-latest", { effort: "none" }, undefined, undefined, []],
  ] as const)("%s %j", async (model, reasoning, thinking, effort, expected) => {
    const { body, warnings } = await sent({ model, reasoning });
    expect(body.thinking).toEqual(thinking);
    expect(body.output_config?.effort).toBe(effort);
    expect(warnings).toEqual(expected);
  });

  it("makes room for thinking, and fits a budget of its own making into maxTokens", async () => {
    expect((await sent({ reasoning: { budgetTokens: 10_000 } })).body.max_tokens).toBe(42_000);
    const { body } = await sent({ model: "claude-sonnet-4-5", reasoning: { effort: "high" }, maxTokens: 4000 });
    expect(body.thinking.budget_tokens).toBe(3200);
  });

  it.each([
    ["claude-opus-4-7", { budgetTokens: 4000 }, "reasoning.budgetTokens"],
    ["claude-3-haiku-20240307", { effort: "high" }, "reasoning"],
    ["claude-mythos-preview", { effort: "none" }, "reasoning"],
  ] as const)("%s refuses %j", async (model, reasoning, parameter) => {
    expect(await refused({ model, reasoning })).toBe(parameter);
  });
});

describe("output", () => {
  const schema = { type: "object", properties: { n: { type: "integer", minimum: 1 } }, required: ["n"] };

  it("uses the API's structured output", async () => {
    const { body } = await sent({ output: { schema } });
    expect(body.output_config.format).toEqual({
      type: "json_schema",
      schema: {
        ...schema,
        properties: { n: { type: "integer", description: "{minimum: 1}" } },
        additionalProperties: false,
      },
    });
    expect(body.tools).toBeUndefined();
  });

  it("forces a tool on a model without it", async () => {
    const model = "claude-3-5-haiku-latest";
    const { body } = await sent({ model, output: { schema, name: "answer" } });
    expect(body.tools).toEqual([{ name: "answer", description: "Gives the reply.", input_schema: schema }]);
    expect(body.tool_choice).toEqual({ type: "tool", name: "answer", disable_parallel_tool_use: true });
    const withTools = await sent({ model, output: { schema, name: "answer" }, tools: [{ name: "g" }] });
    expect(withTools.body.tool_choice).toEqual({ type: "any" });
  });

  it("asks for any JSON in words, and says so", async () => {
    const { body, warnings } = await sent({ output: "json" });
    expect(body.system[0].text).toMatch(/JSON/);
    expect(warnings).toEqual(["changed output"]);
  });

  it("refuses a schema that can't be enforced", async () => {
    expect(await refused({ output: { schema: {} } })).toBe("output.schema");
  });
});
