import { type GenerateRequest, isLLMError } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { cohere } from "./index.js";

const bodies: any[] = [];
const answer = { id: "1", message: { content: [{ type: "text", text: '{"a":1}' }] }, finish_reason: "COMPLETE" };
const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
  bodies.push(JSON.parse(String(init?.body)));
  return Response.json(answer);
};
const backend = cohere({ apiKey: "test-key-123456", fetch: fetch as typeof globalThis.fetch }).createBackend();
const hello = { role: "user", content: "Hello" } as const;
const PNG = "iVBORw0KGgoAAAANSUhEUg==";
const tool = { name: "t", inputSchema: { type: "object", properties: { x: { type: "string" } } } };

async function sent(request: Partial<GenerateRequest>) {
  bodies.length = 0;
  const { warnings } = await backend.generate({ model: "command-a", messages: [hello], ...request });
  return { body: bodies.at(-1), warnings };
}

describe("the body of v2/chat", () => {
  it("holds no more than was asked", async () => {
    expect((await sent({})).body).toEqual({ model: "command-a", stream: false, messages: [hello] });
  });

  it("takes the sampling parameters by Cohere's names", async () => {
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
    expect(body).toMatchObject({
      max_tokens: 10,
      temperature: 0,
      p: 0.9,
      k: 40,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      seed: 7,
      stop_sequences: ["END"],
    });
  });

  it("takes provider options, which win, and such as nobody knows yet", async () => {
    const { body } = await sent({
      temperature: 1,
      providerOptions: {
        cohere: {
          temperature: 0.2,
          documents: ["a text", { id: "d", data: { snippet: "b" } }],
          citation_options: { mode: "ACCURATE" },
          safety_mode: "STRICT",
          novelty: 1,
        },
      },
    });
    expect(body).toMatchObject({ temperature: 0.2, safety_mode: "STRICT", novelty: 1 });
    expect(body.documents).toEqual(["a text", { id: "d", data: { snippet: "b" } }]);
  });

  it.each([
    [{ effort: "none" }, { type: "disabled" }, 0],
    [{ budgetTokens: 0 }, { type: "disabled" }, 0],
    [{ budgetTokens: 500 }, { type: "enabled", token_budget: 500 }, 0],
    [{ effort: "high", budgetTokens: 500 }, { type: "enabled", token_budget: 500 }, 0],
    [{ effort: "high" }, { type: "enabled" }, 1],
    [{}, undefined, 0],
  ] as const)("thinks: %j", async (reasoning, thinking, warned) => {
    const { body, warnings } = await sent({ reasoning });
    expect(body.thinking).toEqual(thinking);
    expect(warnings).toHaveLength(warned);
  });

  it("asks for JSON, or for JSON of a shape", async () => {
    const schema = { type: "object", properties: { a: { type: "integer" } } };
    expect((await sent({ output: "json" })).body.response_format).toEqual({ type: "json_object" });
    const { body } = await sent({ output: { schema } });
    expect(body.response_format).toEqual({ type: "json_object", json_schema: schema });
  });

  it("offers tools, strict where one is", async () => {
    const plain = await sent({ tools: [{ ...tool, description: "T" }] });
    expect(plain.body.tools).toEqual([
      { type: "function", function: { name: "t", description: "T", parameters: tool.inputSchema } },
    ]);
    expect(plain.body).not.toHaveProperty("strict_tools");
    expect(plain.body).not.toHaveProperty("tool_choice");
    const strict = await sent({ tools: [{ ...tool, strict: true }], toolChoice: "required" });
    expect(strict.body).toMatchObject({ strict_tools: true, tool_choice: "REQUIRED" });
    expect((await sent({ tools: [tool], toolChoice: "none" })).body.tool_choice).toBe("NONE");
    const mixed = await sent({
      tools: [
        { ...tool, strict: true },
        { ...tool, name: "u", strict: false },
      ],
    });
    expect(mixed.warnings).toMatchObject([{ type: "changed", parameter: "tools" }]);
  });

  it("sends a conversation with images, thinking, a plan, calls and results", async () => {
    const { body } = await sent({
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image", data: "https://example.com/a.png", detail: "low" },
            { type: "image", data: PNG },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "Hm" },
            { type: "reasoning", text: "Plan", providerMetadata: { cohere: { tool_plan: true } } },
            { type: "text", text: "Wait" },
            { type: "tool-call", id: "a", name: "t", input: { x: 1 } },
            { type: "tool-call", id: "b", name: "t", input: undefined, inputText: '{"x":' },
          ],
        },
        {
          role: "tool",
          content: [
            { type: "tool-result", toolCallId: "a", output: { x: 2 } },
            {
              type: "tool-result",
              toolCallId: "b",
              output: [
                { type: "text", text: "no" },
                { type: "text", text: "good" },
              ],
            },
          ],
        },
        { role: "assistant", content: "" },
      ],
    });
    expect(body.messages).toEqual([
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } },
          { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm" },
          { type: "text", text: "Wait" },
        ],
        tool_plan: "Plan",
        tool_calls: [
          { id: "a", type: "function", function: { name: "t", arguments: '{"x":1}' } },
          { id: "b", type: "function", function: { name: "t", arguments: '{"x":' } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: '{"x":2}' },
      {
        role: "tool",
        tool_call_id: "b",
        content: [
          { type: "text", text: "no" },
          { type: "text", text: "good" },
        ],
      },
      { role: "assistant", content: "" },
    ]);
  });

  const withPart = (part: object): Partial<GenerateRequest> => ({
    messages: [{ role: "user", content: [{ type: "text", text: "x" }, part as never] }],
  });

  it.each([
    ["toolChoice", { tools: [tool], toolChoice: { tool: "t" } }],
    ["parallelToolCalls", { tools: [tool], parallelToolCalls: false }],
    ["user", { user: "u1" }],
    ["file parts", withPart({ type: "file", data: "JVBERi0xLjQ=" })],
    ["audio parts", withPart({ type: "audio", data: "SUQzBAAA" })],
    ["image.data", withPart({ type: "image", data: { fileId: "f" } })],
    ["blocks of anthropic", withPart({ type: "provider", provider: "anthropic", value: {} })],
    ["tools", { tools: [{ type: "provider", provider: "anthropic", value: { type: "web_search" } }] }],
    [
      "image parts",
      {
        messages: [
          hello,
          {
            role: "tool",
            content: [{ type: "tool-result", toolCallId: "a", output: [{ type: "image", data: PNG }] }],
          },
        ],
      },
    ],
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
