import type { AssistantPart, GenerateRequest, LLMBackend, Message, Warning } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { mistral } from "./index.js";

const PNG = "iVBORw0KGgoAAAANSUhEUg==";
const PDF = "JVBERi0xLjQK";

let sent: any;
let path: string;
const fetch: typeof globalThis.fetch = async (input) => {
  sent = await (input as Request).clone().json();
  path = new URL((input as Request).url).pathname;
  const choices = [{ index: 0, finish_reason: "stop", message: { content: '{"a":1}' } }];
  return new Response(JSON.stringify({ choices }), { headers: { "content-type": "application/json" } });
};
const backend: LLMBackend = mistral({ apiKey: "k", fetch }).createBackend();

/** What is sent for a request, and what is warned of. */
async function send(request: Partial<GenerateRequest>): Promise<{ body: any; warnings: readonly Warning[] }> {
  const messages: Message[] = [{ role: "user", content: "Hello" }];
  const { warnings } = await backend.generate({ model: "mistral-large-4-0", messages, ...request });
  return { body: sent, warnings };
}
const sendMessages = async (...messages: Message[]) => (await send({ messages })).body.messages;
const sendParts = async (...content: AssistantPart[]) =>
  (await sendMessages({ role: "assistant", content }, { role: "user", content: "And?" }))[0];

describe("parameters", () => {
  it("have Mistral's names", async () => {
    const { body, warnings } = await send({
      maxTokens: 10,
      temperature: 0.1,
      topP: 0.2,
      frequencyPenalty: 0.3,
      presencePenalty: 0.4,
      stopSequences: ["x"],
      seed: 7,
      cacheKey: "c",
      reasoning: { effort: "medium" },
    });
    expect(body).toEqual({
      model: "mistral-large-4-0",
      messages: [{ role: "user", content: "Hello" }],
      max_tokens: 10,
      temperature: 0.1,
      top_p: 0.2,
      frequency_penalty: 0.3,
      presence_penalty: 0.4,
      stop: ["x"],
      random_seed: 7,
      prompt_cache_key: "c",
      reasoning_effort: "medium",
      stream: false,
    });
    expect(warnings).toEqual([]);
  });

  it("of the provider win, known to the SDK or not", async () => {
    const { body, warnings } = await send({
      temperature: 1,
      providerOptions: { mistral: { temperature: 0.5, safe_prompt: true, n: 2, brand_new: { a: 1 } } },
    });
    expect(body).toMatchObject({ temperature: 0.5, safe_prompt: true, n: 2, brand_new: { a: 1 } });
    expect(warnings).toEqual([expect.objectContaining({ parameter: "n" })]);
  });

  it.each([
    ["mistral-small-latest", "none", "none"],
    ["mistral-small-latest", "minimal", "none"],
    ["mistral-medium-3-5", "low", "high"],
    ["mistral-medium-3-5", "high", "high"],
    ["magistral-small-latest", "medium", "high"],
    ["zai-glm-5-2", "low", "low"],
    ["codestral-latest", "none", undefined],
    ["codestral-latest", "high", "high"],
    ["mistral-large-4-0", "low", "low"],
    ["mistral-large-4-0", "max", "xhigh"],
  ] as const)("effort: %s gets for %s %s", async (model, effort, expected) => {
    const { body, warnings } = await send({ model, reasoning: { effort } });
    expect(body.reasoning_effort).toBe(expected);
    expect(warnings.map(({ type }) => type)).toEqual(effort === expected || expected === undefined ? [] : ["changed"]);
  });

  it("a Magistral of old gets no effort, and can't be kept from thinking", async () => {
    const model = "magistral-medium-2509";
    const { body } = await send({ model, reasoning: { effort: "high" } });
    expect(body).not.toHaveProperty("reasoning_effort");
    await expect(send({ model, reasoning: { effort: "none" } })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "reasoning.effort",
    });
  });

  it.each([
    ["topK", { topK: 3 }],
    ["user", { user: "u1" }],
    ["reasoning.budgetTokens", { reasoning: { budgetTokens: 100 } }],
    ["tools", { tools: [{ type: "provider", provider: "openai", value: { type: "web_search" } }] }],
    ["messages", { messages: [{ role: "user", content: [{ type: "provider", provider: "openai", value: {} }] }] }],
    ["audio.data.fileId", { messages: [{ role: "user", content: [{ type: "audio", data: { fileId: "f" } }] }] }],
  ] as [string, Partial<GenerateRequest>][])("%s is refused, or dropped with a warning", async (parameter, request) => {
    await expect(send(request)).rejects.toMatchObject({ kind: "unsupported", parameter });
    const { warnings } = await send({ ...request, dropParams: true });
    expect(warnings).toEqual([expect.objectContaining({ type: "dropped", parameter })]);
  });

  it("that are only hints are left out with a warning", async () => {
    const messages: Message[] = [
      { role: "user", content: "Hi", name: "Ann" },
      { role: "user", content: "Hi", name: "Bob" },
    ];
    const { warnings } = await send({ messages });
    expect(warnings.map(({ parameter }) => parameter)).toEqual(["name"]);
  });
});

describe("tools and output", () => {
  const tools = [{ name: "f", description: "d", strict: true, inputSchema: { type: "object" } }];

  it.each([
    ["auto", "auto"],
    ["none", "none"],
    ["required", "any"],
    [{ tool: "f" }, { type: "function", function: { name: "f" } }],
  ])("choice %j", async (toolChoice, expected) => {
    const { body } = await send({ tools, toolChoice: toolChoice as "auto", parallelToolCalls: false });
    expect(body).toMatchObject({
      tools: [
        { type: "function", function: { name: "f", description: "d", strict: true, parameters: { type: "object" } } },
      ],
      tool_choice: expected,
      parallel_tool_calls: false,
    });
  });

  it("Mistral's own tools go as they are", async () => {
    const { body } = await send({ tools: [{ type: "provider", provider: "mistral", value: { type: "web_search" } }] });
    expect(body.tools).toEqual([{ type: "web_search" }]);
  });

  it("schemas go without what Mistral can't compile, but with properties of that name", async () => {
    const $schema = "https://json-schema.org/draft/2020-12/schema";
    const inner = { $id: "x", type: "object", properties: { $id: { type: "string" } }, default: { $id: 1 } };
    const schema = { $schema, $id: "a", type: "object", properties: { $schema: { anyOf: [inner] } } };
    const { $id: _, ...bare } = inner;
    const expected = { type: "object", properties: { $schema: { anyOf: [bare] } } };
    const { body } = await send({ tools: [{ name: "f", inputSchema: schema }], output: { schema } });
    expect(body.tools[0].function.parameters).toEqual(expected);
    expect(body.response_format.json_schema.schema).toEqual(expected);
  });

  it("any JSON, or that of a schema", async () => {
    expect((await send({ output: "json" })).body.response_format).toEqual({ type: "json_object" });
    const schema = { type: "object" };
    const { body } = await send({ output: { schema, name: "it", description: "d", strict: false } });
    expect(body.response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "it", description: "d", schema, strict: false },
    });
  });
});

describe("what the user says", () => {
  it.each([
    [
      { type: "image", data: PNG },
      { type: "image_url", image_url: `data:image/png;base64,${PNG}` },
    ],
    [
      { type: "image", data: "https://a.b/c.png", detail: "low" },
      { type: "image_url", image_url: { url: "https://a.b/c.png", detail: "low" } },
    ],
    [
      { type: "image", data: { fileId: "f1" } },
      { type: "file", file_id: "f1" },
    ],
    [
      { type: "file", data: PDF, filename: "a.pdf" },
      { type: "document_url", document_url: `data:application/pdf;base64,${PDF}`, document_name: "a.pdf" },
    ],
    [
      { type: "file", data: new URL("https://a.b/c.pdf") },
      { type: "document_url", document_url: "https://a.b/c.pdf" },
    ],
    [
      { type: "file", data: { fileId: "f1" } },
      { type: "file", file_id: "f1" },
    ],
    [
      { type: "file", data: PNG },
      { type: "image_url", image_url: `data:image/png;base64,${PNG}` },
    ],
    [
      { type: "audio", data: "UklGRg==", mediaType: "audio/wav" },
      { type: "input_audio", input_audio: "UklGRg==" },
    ],
    [
      { type: "audio", data: "https://a.b/c.mp3" },
      { type: "input_audio", input_audio: "https://a.b/c.mp3" },
    ],
    [{ type: "provider", provider: "mistral", value: { type: "new" } }, { type: "new" }],
    [
      { type: "image", data: "https://a.b/c", providerOptions: { mistral: { x: 1 } } },
      { type: "image_url", image_url: "https://a.b/c", x: 1 },
    ],
  ] as [any, object][])("%j", async (part, expected) => {
    const [message] = await sendMessages({ role: "user", content: [{ type: "text", text: "Look:" }, part] });
    expect(message).toEqual({ role: "user", content: [{ type: "text", text: "Look:" }, expected] });
  });
});

describe("what the assistant said", () => {
  it("is a prefix where it stands last", async () => {
    const messages: Message[] = [
      { role: "user", content: "Write" },
      { role: "assistant", content: "Once" },
    ];
    expect((await send({ messages })).body.messages[1]).toEqual({ role: "assistant", content: "Once", prefix: true });
    const { body } = await send({ messages, providerOptions: { mistral: { prefix: false } } });
    expect(body.messages[1]).toEqual({ role: "assistant", content: "Once" });
    expect(body).not.toHaveProperty("prefix");
  });

  it("goes without what is nothing", async () => {
    const messages = await sendMessages({ role: "assistant", content: "" }, { role: "user", content: "Hi" });
    expect(messages).toEqual([{ role: "user", content: "Hi" }]);
  });

  it("keeps Mistral's own reasoning, sealed and with its references; not that of others", async () => {
    const thinking = [
      { type: "text", text: "Hm" },
      { type: "reference", reference_ids: [1] },
    ];
    expect(
      await sendParts(
        {
          type: "reasoning",
          text: "Hm",
          signature: "s",
          providerMetadata: { mistral: { type: "thinking", thinking } },
        },
        { type: "text", text: "Yes" },
      ),
    ).toEqual({
      role: "assistant",
      content: [
        { type: "thinking", thinking, signature: "s", closed: true },
        { type: "text", text: "Yes" },
      ],
    });
    const foreign: Message = {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm", signature: "of another" },
        { type: "text", text: "Yes" },
      ],
    };
    const { body, warnings } = await send({ messages: [foreign, { role: "user", content: "And?" }] });
    expect(body.messages[0]).toEqual({ role: "assistant", content: "Yes" });
    expect(warnings).toEqual([expect.objectContaining({ type: "dropped", parameter: "messages" })]);
  });

  it("has its references where they stood", async () => {
    const raw = (id: number) => ({ type: "reference", reference_ids: [id] });
    const citations = [
      { start: 0, end: 5, raw: raw(1) },
      { start: 0, end: 5, raw: raw(2) },
      { start: 5, end: 8, raw: raw(3) },
      { url: "https://another.example", start: 0, end: 8, raw: { type: "url_citation" } },
    ];
    expect((await sendParts({ type: "text", text: "First2nd.", citations })).content).toEqual([
      { type: "text", text: "First" },
      raw(1),
      raw(2),
      { type: "text", text: "2nd" },
      raw(3),
      { type: "text", text: "." },
    ]);
  });
});

describe("tool calls", () => {
  it("get ids that Mistral takes, the same in call and result and in the next turn", async () => {
    const ids = ["call_0", "toolu_01ABCdef", "abcDEF123", ""];
    const history: Message[] = [
      { role: "user", content: "Go" },
      { role: "assistant", content: ids.map((id) => ({ type: "tool-call", id, name: "f", input: { id } })) },
      {
        role: "tool",
        content: ids.map((toolCallId) => ({
          type: "tool-result",
          toolCallId,
          toolName: "f",
          output: { ok: toolCallId },
        })),
      },
    ];
    const [, assistant, ...results] = await sendMessages(...history);
    const made = assistant.tool_calls.map(({ id }: any) => id);
    for (const id of made) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(new Set(made).size).toBe(ids.length);
    expect(made[2]).toBe("abcDEF123");
    expect(assistant.content).toBe("");
    expect(results).toEqual(
      ids.map((id, index) => ({
        role: "tool",
        tool_call_id: made[index],
        name: "f",
        content: JSON.stringify({ ok: id }),
      })),
    );
    expect((await sendMessages(...history, ...history))[1]).toEqual(assistant);
  });

  it("are followed by the assistant before the user speaks again", async () => {
    const messages: Message[] = [
      { role: "assistant", content: [{ type: "tool-call", id: "abcdefghi", name: "f", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "abcdefghi", output: "1" }] },
      { role: "user", content: "Stop" },
    ];
    const { body, warnings } = await send({ messages });
    expect(body.messages.map(({ role }: any) => role)).toEqual(["assistant", "tool", "assistant", "user"]);
    expect(warnings).toEqual([expect.objectContaining({ type: "changed", parameter: "messages" })]);
    expect((await send({ messages: messages.slice(0, 2) })).body.messages).toHaveLength(2);
  });

  it("go back with arguments as the model wrote them, and results with images", async () => {
    const [call, result] = await sendMessages(
      {
        role: "assistant",
        content: [{ type: "tool-call", id: "abcdefghi", name: "f", input: undefined, inputText: "{oops" }],
      },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "abcdefghi",
            output: [
              { type: "text", text: "See" },
              { type: "image", data: PNG },
            ],
          },
        ],
      },
    );
    expect(call.tool_calls[0].function).toEqual({ name: "f", arguments: "{oops" });
    expect(result.content).toEqual([
      { type: "text", text: "See" },
      { type: "image_url", image_url: `data:image/png;base64,${PNG}` },
    ]);
  });
});

describe("fill-in-the-middle", () => {
  it("takes the code before the gap, and that after it", async () => {
    const messages: Message[] = [{ role: "user", content: "def f(" }];
    const providerOptions = { mistral: { suffix: "return 1", min_tokens: 2 } };
    const { body } = await send({ model: "codestral-latest", messages, maxTokens: 5, seed: 1, providerOptions });
    expect(path).toBe("/v1/fim/completions");
    expect(body).toEqual({
      model: "codestral-latest",
      prompt: "def f(",
      suffix: "return 1",
      min_tokens: 2,
      max_tokens: 5,
      random_seed: 1,
      stream: false,
    });
  });

  it("takes no conversation, and no tools", async () => {
    const providerOptions = { mistral: { api: "fim" as const } };
    const messages: Message[] = [
      { role: "system", content: "a" },
      { role: "user", content: "b" },
    ];
    await expect(send({ messages, providerOptions })).rejects.toMatchObject({ kind: "invalid-request" });
    await expect(send({ tools: [{ name: "f" }], providerOptions })).rejects.toMatchObject({ kind: "unsupported" });
  });
});
