import { type GenerateRequest, isLLMError } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { huggingface } from "./index.js";

const bodies: any[] = [];
const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
  bodies.push(JSON.parse(String(init?.body)));
  return Response.json({ choices: [{ message: { content: '{"a":1}' }, finish_reason: "stop" }] });
};
const backend = huggingface({ apiKey: "hf_1234567890abc", fetch: fetch as typeof globalThis.fetch }).createBackend();
const hello = { role: "user", content: "Hello" } as const;
const PNG = "iVBORw0KGgoAAAANSUhEUg==";
const tool = { name: "t", inputSchema: { type: "object", properties: { x: { type: "string" } } } };

async function sent(request: Partial<GenerateRequest>) {
  bodies.length = 0;
  const { warnings } = await backend.generate({ model: "org/m", messages: [hello], ...request });
  return { body: bodies.at(-1), warnings };
}

describe("the body of a chat completion", () => {
  it("holds no more than was asked", async () => {
    expect((await sent({})).body).toEqual({ model: "org/m", messages: [hello] });
  });

  it("takes the parameters by OpenAI's names", async () => {
    const { body } = await sent({
      maxTokens: 10,
      temperature: 0,
      topP: 0.9,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 7,
      stopSequences: ["END"],
      user: "u1",
      reasoning: { effort: "low" },
    });
    expect(body).toMatchObject({
      max_tokens: 10,
      temperature: 0,
      top_p: 0.9,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      seed: 7,
      stop: ["END"],
      user: "u1",
      reasoning_effort: "low",
    });
  });

  it("takes provider options, which win, and such as nobody knows yet; but the model stays", async () => {
    const { body } = await sent({
      temperature: 1,
      providerOptions: { huggingface: { temperature: 0.2, top_k: 5, novelty: 1 } },
    });
    expect(body).toMatchObject({ model: "org/m", temperature: 0.2, top_k: 5, novelty: 1 });
  });

  it("asks for JSON, or for JSON of a shape", async () => {
    const schema = { type: "object", properties: { a: { type: "integer" } } };
    expect((await sent({ output: "json" })).body.response_format).toEqual({ type: "json_object" });
    const { body } = await sent({ output: { schema, name: "thing", description: "A thing" } });
    expect(body.response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "thing", description: "A thing", schema, strict: true },
    });
  });

  it("offers tools, and says which to call", async () => {
    const { body } = await sent({
      tools: [{ ...tool, description: "T", strict: true }],
      toolChoice: { tool: "t" },
      parallelToolCalls: false,
    });
    expect(body.tools).toEqual([
      { type: "function", function: { name: "t", description: "T", parameters: tool.inputSchema, strict: true } },
    ]);
    expect(body).toMatchObject({
      tool_choice: { type: "function", function: { name: "t" } },
      parallel_tool_calls: false,
    });
    expect((await sent({ tools: [tool], toolChoice: "required" })).body.tool_choice).toBe("required");
  });

  it("sends a conversation with images, reasoning, calls and results", async () => {
    const { body, warnings } = await sent({
      messages: [
        {
          role: "system",
          content: [
            { type: "text", text: "Be brief." },
            { type: "text", text: "Be kind." },
          ],
        },
        {
          role: "user",
          name: "ann",
          content: [
            { type: "text", text: "Look" },
            { type: "image", data: "https://example.com/a.png", detail: "low" },
            { type: "image", data: PNG },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "Hm", providerMetadata: { huggingface: { field: "reasoning_content" } } },
            { type: "reasoning", text: "Another's" },
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
        { role: "assistant", content: "Done" },
      ],
    });
    expect(body.messages).toEqual([
      { role: "system", content: "Be brief.\nBe kind." },
      {
        role: "user",
        name: "ann",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } },
          { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
        ],
      },
      {
        role: "assistant",
        reasoning_content: "Hm",
        tool_calls: [
          { id: "a", type: "function", function: { name: "t", arguments: '{"x":1}' } },
          { id: "b", type: "function", function: { name: "t", arguments: '{"x":' } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: '{"x":2}' },
      { role: "tool", tool_call_id: "b", content: "no\ngood" },
      { role: "assistant", content: "Done" },
    ]);
    expect(warnings).toMatchObject([{ type: "dropped", parameter: "messages" }]);
  });

  const withPart = (part: object): Partial<GenerateRequest> => ({
    messages: [{ role: "user", content: [{ type: "text", text: "x" }, part as never] }],
  });

  it.each([
    ["topK", { topK: 5 }],
    ["reasoning.budgetTokens", { reasoning: { budgetTokens: 100 } }],
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
