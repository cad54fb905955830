import { type GenerateRequest, isLLMError, type Message, type Warning } from "@llmux/core";
import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { LLMError } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { fromChat } from "./from-chat.js";
import type { WireHost } from "./host.js";
import { toChat } from "./to-chat.js";
import { toChatMessages } from "./to-chat-messages.js";

const host: WireHost = { provider: "openai" };
const png = "iVBORw0KGgoAAAANSUhEUg==";

async function translate(
  request: Partial<AdapterRequest>,
  { on = host, dropParams = false } = {},
): Promise<{ body: any; warnings: Warning[] }> {
  const warnings: Warning[] = [];
  const context: CallContext = {
    signal: new AbortController().signal,
    abortable: true,
    warn: (warning) => warnings.push(warning),
    unsupported(parameter, why = "") {
      if (!dropParams) throw new LLMError({ kind: "unsupported", parameter, message: why });
      warnings.push({ type: "dropped", parameter, message: why });
    },
  };
  const body = await toChat({ model: "m", messages: [], ...request }, context, on);
  return { body: JSON.parse(JSON.stringify(body)), warnings };
}

const messages = async (...list: AdapterRequest["messages"]): Promise<any> =>
  (await translate({ messages: list })).body.messages;

describe("messages", () => {
  it("of text alone are strings", async () => {
    expect(
      await messages(
        { role: "system", content: [{ type: "text", text: "Be brief" }] },
        { role: "user", content: [{ type: "text", text: "Hi" }], name: "ann" },
        {
          role: "assistant",
          content: [
            { type: "text", text: "Hel" },
            { type: "text", text: "lo" },
          ],
        },
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      ),
    ).toEqual([
      { role: "system", content: "Be brief" },
      { role: "user", content: "Hi", name: "ann" },
      { role: "assistant", content: "Hello" },
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ]);
  });

  it("carry images, files and audio", async () => {
    const [{ content }] = await messages({
      role: "user",
      content: [
        { type: "image", data: png, detail: "low" },
        { type: "image", data: new URL("https://x.org/a.png") },
        { type: "file", data: "JVBERi0xLjQK", filename: "a.pdf" },
        { type: "file", data: { fileId: "file-1" } },
        { type: "audio", data: "UklGRiQAAABXQVZF", mediaType: "audio/wav" },
        { type: "audio", data: new Uint8Array([0x49, 0x44, 0x33]), mediaType: "audio/mpeg" },
      ],
    });
    expect(content).toEqual([
      { type: "image_url", image_url: { url: `data:image/png;base64,${png}`, detail: "low" } },
      { type: "image_url", image_url: { url: "https://x.org/a.png" } },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0xLjQK" } },
      { type: "file", file: { file_id: "file-1" } },
      { type: "input_audio", input_audio: { data: "UklGRiQAAABXQVZF", format: "wav" } },
      { type: "input_audio", input_audio: { data: "SUQz", format: "mp3" } },
    ]);
  });

  it("carry tool calls and their results", async () => {
    expect(
      await messages(
        {
          role: "assistant",
          content: [
            { type: "tool-call", id: "1", name: "f", input: { a: 1 } },
            { type: "tool-call", id: "2", name: "g", input: undefined, inputText: "{broken" },
            {
              type: "tool-call",
              id: "3",
              name: "h",
              input: undefined,
              inputText: "4 + 4",
              providerMetadata: { openai: { type: "custom" } },
            },
          ],
        },
        {
          role: "tool",
          content: [
            { type: "tool-result", toolCallId: "1", output: "x" },
            { type: "tool-result", toolCallId: "2", output: [{ type: "text", text: "y" }] },
          ],
        },
      ),
    ).toEqual([
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { type: "function", id: "1", function: { name: "f", arguments: '{"a":1}' } },
          { type: "function", id: "2", function: { name: "g", arguments: "{broken" } },
          { type: "custom", id: "3", custom: { name: "h", input: "4 + 4" } },
        ],
      },
      { role: "tool", tool_call_id: "1", content: "x" },
      { role: "tool", tool_call_id: "2", content: "y" },
    ]);
  });

  it("of one plain text each take a short cut that comes to the same", async () => {
    const list: AdapterRequest["messages"] = [
      { role: "system", content: [{ type: "text", text: "s" }] },
      { role: "user", content: [{ type: "text", text: "u" }], name: "n" },
      { role: "assistant", content: [{ type: "text", text: "a" }] },
    ];
    const context = { signal: new AbortController().signal, abortable: true, warn() {}, unsupported() {} };
    expect(await messages(...list)).toEqual(toChatMessages({ model: "m", messages: list }, context, host));
  });

  it("send back what came, refusals and audio too", async () => {
    const { content } = fromChat(
      {
        id: "c",
        choices: [
          {
            message: { content: null, refusal: "No", audio: { id: "a1", data: "AAAA", transcript: "no" } },
            finish_reason: "stop",
          },
        ],
      },
      host,
    );
    expect(await messages({ role: "assistant", content })).toEqual([
      { role: "assistant", content: null, refusal: "No", audio: { id: "a1" } },
    ]);
  });

  it("leave reasoning out with one warning, or send it where the server takes it", async () => {
    const list: Message[] = [1, 2].map(() => ({
      role: "assistant",
      content: [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "x" },
      ],
    }));
    const request = { messages: list as AdapterRequest["messages"] };
    expect((await translate(request)).warnings).toMatchObject([{ type: "dropped", parameter: "messages" }]);
    const kept = await translate(request, { on: { provider: "openai", reasoning: "reasoning_content" } });
    expect(kept.warnings).toEqual([]);
    expect(kept.body.messages[0]).toEqual({ role: "assistant", content: "x", reasoning_content: "hm" });
  });
});

describe("parameters", () => {
  const tools: AdapterRequest["tools"] = [
    { type: "function", name: "f", description: "F", inputSchema: { type: "object" }, strict: true },
    { type: "provider", provider: "openai", value: { type: "custom", custom: { name: "c" } } },
  ];
  it.each([
    [{ tools, toolChoice: { tool: "f" } }, { tool_choice: { type: "function", function: { name: "f" } } }],
    [{ tools, toolChoice: { tool: "c" } }, { tool_choice: { type: "custom", custom: { name: "c" } } }],
    [{ tools, toolChoice: "required" }, { tool_choice: "required" }],
    [{ tools, toolChoice: "none" }, { tool_choice: "none" }],
    [{ tools, parallelToolCalls: false }, { parallel_tool_calls: false }],
    [
      { tools },
      {
        tools: [
          { type: "function", function: { name: "f", description: "F", parameters: { type: "object" }, strict: true } },
          { type: "custom", custom: { name: "c" } },
        ],
      },
    ],
    [
      { output: { name: "o", strict: true, schema: { type: "object" } } },
      {
        response_format: { type: "json_schema", json_schema: { name: "o", strict: true, schema: { type: "object" } } },
      },
    ],
    [{ output: { name: "o", strict: false } }, { response_format: { type: "json_object" } }],
    [
      { topP: 0.1, frequencyPenalty: 1, presencePenalty: 2 },
      { top_p: 0.1, frequency_penalty: 1, presence_penalty: 2 },
    ],
    [{ providerOptions: { openai: { api: "chat", logprobs: true } } }, { logprobs: true }],
  ] as [Partial<AdapterRequest>, object][])("%j", async (request, expected) => {
    const { body, warnings } = await translate(request);
    expect(body).toMatchObject(expected);
    expect(body).not.toHaveProperty("api");
    expect(warnings).toEqual([]);
  });

  it.each([
    ["topK", { topK: 5 }],
    ["reasoning.budgetTokens", { reasoning: { budgetTokens: 5 } }],
    ["tools", { tools: [{ type: "provider", provider: "anthropic", value: { type: "x" } }] }],
    ["image.data.fileId", { messages: [{ role: "user", content: [{ type: "image", data: { fileId: "f" } }] }] }],
    ["file.data", { messages: [{ role: "user", content: [{ type: "file", data: "https://x.org/a.pdf" }] }] }],
    [
      "audio.data",
      { messages: [{ role: "user", content: [{ type: "audio", data: "ZkxhQ", mediaType: "audio/flac" }] }] },
    ],
    [
      "tool-result.image",
      {
        messages: [
          { role: "tool", content: [{ type: "tool-result", toolCallId: "1", output: [{ type: "image", data: png }] }] },
        ],
      },
    ],
    [
      "messages",
      { messages: [{ role: "assistant", content: [{ type: "provider", provider: "anthropic", value: {} }] }] },
    ],
  ] as [string, Partial<GenerateRequest & AdapterRequest>][])(
    "%s is told to be unsupported, or dropped with a warning",
    async (parameter, request) => {
      await expect(translate(request)).rejects.toEqual(
        expect.toSatisfy((error: unknown) => isLLMError(error, "unsupported") && error.parameter === parameter),
      );
      expect((await translate(request, { dropParams: true })).warnings).toMatchObject([{ type: "dropped", parameter }]);
    },
  );

  it("a hint to cache is honoured by OpenAI itself; how long it is not ours to say", async () => {
    const hint = async (cache: true | { ttl: "1h" }): Promise<Warning[]> =>
      (await translate({ messages: [{ role: "user", content: [{ type: "text", text: "a", cache }] }] })).warnings;
    expect(await hint(true)).toEqual([]);
    expect(await hint({ ttl: "1h" })).toMatchObject([{ type: "changed", parameter: "cache" }]);
  });
});
