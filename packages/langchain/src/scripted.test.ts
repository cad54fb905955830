import {
  AIMessage,
  type AIMessageChunk,
  ChatMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { createLLM, type LLM, type LLMBackend, LLMError, type LLMErrorInit } from "@llmux/core";
import { type AdapterEvent, type AdapterRequest, type AdapterResult, defineAdapter } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { ChatLLMux, LLMuxEmbeddings } from "./index.js";

const usage = { inputTokens: { total: 10, cacheRead: 4, cacheWrite: 1 }, outputTokens: { total: 6, reasoning: 2 } };
const finishReason = { unified: "tool-calls", raw: "tool_use" } as const;

/** A backend that answers as written, and keeps what it was asked. */
function scripted(answer: Partial<AdapterResult> & { events?: AdapterEvent[]; fail?: LLMErrorInit }): {
  model: ChatLLMux;
  llm: LLM;
  asked: AdapterRequest[];
} {
  const asked: AdapterRequest[] = [];
  const { events = [], fail, ...rest } = answer;
  const adapter = defineAdapter<object>({
    id: "acme",
    name: "Acme",
    createBackend: () => ({
      async generate(request) {
        asked.push(request);
        if (fail) throw new LLMError(fail);
        return { content: [], finishReason, usage, response: { id: "r" }, ...rest };
      },
      async *stream(request) {
        asked.push(request);
        yield* events;
        if (fail) throw new LLMError(fail);
        yield {
          type: "finish",
          finishReason,
          usage,
          ...(rest.providerMetadata && { providerMetadata: rest.providerMetadata }),
        };
      },
    }),
  });
  const llm = createLLM({ adapters: [adapter()] });
  return { llm, asked, model: new ChatLLMux({ llm, model: "acme/m" }) };
}

const citation = { url: "https://x.test", title: "X", text: "said", start: 0, end: 4 };
const content: AdapterResult["content"] = [
  { type: "reasoning", text: "Hm", signature: "sig", id: "r1", providerMetadata: { acme: { a: 1 } } },
  { type: "reasoning", text: "", redacted: "zzz" },
  { type: "text", text: "Look", citations: [citation], providerMetadata: { acme: { b: 2 } } },
  { type: "refusal", text: "No." },
  { type: "image", data: "iVBORw0KGgo=", mediaType: "image/png" },
  { type: "audio", data: "UklGRg==", mediaType: "audio/wav", transcript: "Hi" },
  { type: "provider", provider: "acme", value: { type: "server_tool_use", id: "st1" } },
  { type: "tool-call", id: "c1", name: "add", input: { a: 1 }, providerMetadata: { acme: { c: 3 } } },
  { type: "tool-call", id: "c2", name: "add", input: undefined, inputText: "not json" },
];
const events: AdapterEvent[] = [
  { type: "start", response: { id: "r", model: "m-1" } },
  { type: "reasoning-start", id: "a" },
  { type: "reasoning-delta", id: "a", delta: "H" },
  { type: "reasoning-delta", id: "a", delta: "m" },
  { type: "reasoning-end", id: "a", signature: "sig", itemId: "r1", providerMetadata: { acme: { a: 1 } } },
  { type: "reasoning-start", id: "b" },
  { type: "reasoning-end", id: "b", redacted: "zzz" },
  { type: "text-start", id: "c" },
  { type: "text-delta", id: "c", delta: "Lo" },
  { type: "text-delta", id: "c", delta: "ok" },
  { type: "text-end", id: "c", citations: [citation], providerMetadata: { acme: { b: 2 } } },
  { type: "refusal-start", id: "d" },
  { type: "refusal-delta", id: "d", delta: "N" },
  { type: "refusal-delta", id: "d", delta: "o." },
  { type: "refusal-end", id: "d" },
  ...(content.slice(4, 7) as AdapterEvent[]),
  { type: "tool-input-start", id: "c1", name: "add" },
  { type: "tool-input-delta", id: "c1", delta: '{"a"' },
  { type: "tool-input-delta", id: "c1", delta: ":1}" },
  { type: "tool-input-end", id: "c1" },
  content[7] as AdapterEvent,
  content[8] as AdapterEvent,
];
const sealed = content.map((part) => (part.type === "reasoning" ? { ...part, provider: "acme" } : part));

async function streamed(model: ChatLLMux): Promise<AIMessageChunk> {
  let sum: AIMessageChunk | undefined;
  for await (const chunk of await model.stream("Hi")) sum = sum ? sum.concat(chunk) : chunk;
  return sum!;
}

describe("an answer with parts of every kind", () => {
  it("is standard content blocks, calls, usage and facts", async () => {
    const message = await scripted({ content, providerMetadata: { acme: { z: 1 } } }).model.invoke("Hi");
    expect(message.content).toMatchObject([
      { type: "reasoning", reasoning: "Hm", extras: { signature: "sig" } },
      { type: "reasoning", reasoning: "" },
      {
        type: "text",
        text: "Look",
        annotations: [{ type: "citation", url: "https://x.test", citedText: "said", startIndex: 0 }],
      },
      { type: "refusal", refusal: "No." },
      { type: "image", mimeType: "image/png", data: "iVBORw0KGgo=" },
      { type: "audio", mimeType: "audio/wav" },
      { type: "non_standard" },
    ]);
    expect(message.contentBlocks.map(({ type }) => type)).toEqual([
      "reasoning",
      "reasoning",
      "text",
      "refusal",
      "image",
      "audio",
      "non_standard",
      "tool_call",
    ]);
    expect(message.text).toBe("Look");
    expect(message.tool_calls).toEqual([{ type: "tool_call", id: "c1", name: "add", args: { a: 1 } }]);
    expect(message.invalid_tool_calls).toMatchObject([{ id: "c2", name: "add", args: "not json" }]);
    expect(message.usage_metadata).toEqual({
      input_tokens: 10,
      output_tokens: 6,
      total_tokens: 16,
      input_token_details: { cache_read: 4, cache_creation: 1 },
      output_token_details: { reasoning: 2 },
    });
    expect(message.response_metadata).toMatchObject({
      provider: "acme",
      model_name: "m",
      finish_reason: "tool-calls",
      raw_finish_reason: "tool_use",
      provider_metadata: { acme: { z: 1 } },
    });
  });

  it.each(["invoked", "streamed"])("goes back to its provider as it came, %s", async (how) => {
    const { model, asked } = scripted({ content, events });
    const message = how === "invoked" ? await model.invoke("Hi") : await streamed(model);
    const results = [
      new ToolMessage({ tool_call_id: "c1", content: "2", name: "add" }),
      new ToolMessage({ tool_call_id: "c2", content: "No JSON", status: "error" }),
    ];
    await model.invoke([new HumanMessage("Hi"), message, ...results]);
    expect(asked.at(-1)!.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      { role: "assistant", content: sealed },
      {
        role: "tool",
        content: [
          { type: "tool-result", toolCallId: "c1", toolName: "add", output: "2" },
          { type: "tool-result", toolCallId: "c2", output: "No JSON", isError: true },
        ],
      },
    ]);
  });

  it("survives being written down and read again", async () => {
    const { model, asked } = scripted({ content });
    const { lc: _, type: __, id: ___, ...stored } = JSON.parse(JSON.stringify(await model.invoke("Hi")));
    await model.invoke([new HumanMessage("Hi"), new AIMessage(stored.kwargs)]);
    expect(asked.at(-1)!.messages[1]).toEqual({ role: "assistant", content: sealed });
  });

  it("is standard in LangChain's v1 output too", async () => {
    const { llm, asked } = scripted({ content });
    const model = new ChatLLMux({ llm, model: "acme/m", outputVersion: "v1" });
    const message = await model.invoke("Hi");
    expect(message.response_metadata.output_version).toBe("v1");
    await model.invoke([new HumanMessage("Hi"), message]);
    expect((asked.at(-1)!.messages[1]!.content as readonly { type: string }[]).map(({ type }) => type).sort()).toEqual(
      content.map(({ type }) => type).sort(),
    );
  });
});

describe("a conversation", () => {
  it("of LangChain's other messages and blocks is understood", async () => {
    const { model, asked } = scripted({ content: [{ type: "text", text: "ok" }] });
    await model.invoke([
      new SystemMessage({ content: [{ type: "text", text: "Long", cache_control: { type: "ephemeral", ttl: "1h" } }] }),
      new ChatMessage("Hi", "user"),
      new HumanMessage({
        name: "Ann",
        content: [
          { type: "file", mimeType: "application/pdf", data: "JVBERi0=", metadata: { filename: "a.pdf" } },
          { type: "audio", source_type: "base64", mime_type: "audio/wav", data: "UklG" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBO" } },
          { type: "file", fileId: "f1" },
          { type: "text-plain", text: "plain" },
          { type: "input_audio", input_audio: { data: "SUQz", format: "mp3" } },
        ],
      }),
      new AIMessage({
        content: [
          { type: "thinking", thinking: "Hm", signature: "s" },
          { type: "text", text: "Yes" },
        ],
      }),
      new AIMessage({ content: "", tool_calls: [{ id: "c1", name: "shot", args: {} }] }),
      new ToolMessage({
        tool_call_id: "c1",
        content: [
          { type: "text", text: "Here" },
          { type: "image_url", image_url: "data:image/png;base64,iVBO" },
        ],
      }),
    ]);
    expect(asked[0]!.messages).toEqual([
      { role: "system", content: [{ type: "text", text: "Long", cache: { ttl: "1h" } }] },
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      {
        role: "user",
        name: "Ann",
        content: [
          { type: "file", data: "JVBERi0=", mediaType: "application/pdf", filename: "a.pdf" },
          { type: "audio", data: "UklG", mediaType: "audio/wav" },
          { type: "image", data: "iVBO", mediaType: "image/png" },
          { type: "file", data: { fileId: "f1" } },
          { type: "file", data: new TextEncoder().encode("plain"), mediaType: "text/plain" },
          { type: "audio", data: "SUQz", mediaType: "audio/mpeg" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm", signature: "s" },
          { type: "text", text: "Yes" },
        ],
      },
      { role: "assistant", content: [{ type: "tool-call", id: "c1", name: "shot", input: {} }] },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "c1",
            output: [
              { type: "text", text: "Here" },
              { type: "image", data: "data:image/png;base64,iVBO" },
            ],
          },
        ],
      },
    ]);
  });

  it("with a block or a role of no known kind is refused by name", async () => {
    const { model } = scripted({});
    const odd = new HumanMessage({ content: [{ type: "hologram" }] });
    await expect(model.invoke([odd])).rejects.toMatchObject({ kind: "invalid-request", parameter: "messages" });
    await expect(model.invoke([odd])).rejects.toThrow(/hologram/);
    await expect(model.invoke([new ChatMessage("Hi", "narrator")])).rejects.toThrow(/narrator/);
  });
});

describe("tools", () => {
  it("are taken in every form", async () => {
    const { model, asked } = scripted({ content: [{ type: "text", text: "ok" }] });
    const parameters = { type: "object", properties: {} };
    await model
      .bindTools(
        [
          { type: "function", function: { name: "a", description: "A", parameters } },
          { name: "b", description: "B", input_schema: parameters },
          { type: "web_search", max_uses: 2 },
          { type: "provider", provider: "acme", value: { type: "code" } },
        ],
        { strict: true, tool_choice: "a" },
      )
      .invoke("Hi");
    expect(asked[0]!.tools).toEqual([
      { type: "function", name: "a", description: "A", inputSchema: parameters, strict: true },
      { type: "function", name: "b", description: "B", inputSchema: parameters, strict: true },
      { type: "provider", provider: "acme", value: { type: "web_search", max_uses: 2 } },
      { type: "provider", provider: "acme", value: { type: "code" } },
    ]);
    expect(asked[0]!.toolChoice).toEqual({ tool: "a" });
  });

  it.each([
    ["auto", "auto"],
    ["none", "none"],
    ["any", "required"],
    [{ type: "any" }, "required"],
    [{ type: "tool", name: "a" }, { tool: "a" }],
    [{ type: "function", function: { name: "a" } }, { tool: "a" }],
  ])("are chosen as told: %j", async (choice, expected) => {
    const { model, asked } = scripted({ content: [{ type: "text", text: "ok" }] });
    await model.invoke("Hi", { tools: [{ name: "a", input_schema: {} }], tool_choice: choice });
    expect(asked[0]!.toolChoice).toEqual(expected);
  });
});

describe("a failure", () => {
  it("of the context window is the one that LangChain's middleware waits for", async () => {
    const { model } = scripted({ fail: { kind: "context-window-exceeded", message: "too long" } });
    const error = await model.invoke("Hi").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "ContextOverflowError", cause: { kind: "context-window-exceeded" } });
  });

  it("leaves what came before it", async () => {
    const { model } = scripted({ events: events.slice(0, 9), fail: { kind: "connection", message: "broken" } });
    const texts: string[] = [];
    await expect(
      (async () => {
        for await (const chunk of await model.stream("Hi")) texts.push(chunk.text);
      })(),
    ).rejects.toMatchObject({ kind: "connection" });
    expect(texts.join("")).toBe("Look".slice(0, 2));
  });
});

describe("embeddings", () => {
  it("are asked for with their settings, and refused where the backend makes none", async () => {
    const asked: object[] = [];
    const { generate, stream } = scripted({}).llm;
    const without: LLMBackend = { provider: "acme", generate, stream };
    const backend: LLMBackend = {
      ...without,
      async embed(request) {
        asked.push(request);
        const embeddings = request.values.map(() => Float32Array.of(1, 2));
        return {
          embeddings,
          usage: { inputTokens: { total: 1 } },
          warnings: [],
          provider: "acme",
          model: "m",
          response: {},
        };
      },
    };
    const embeddings = new LLMuxEmbeddings({ llm: backend, model: "acme/e", dimensions: 2, user: "u" });
    expect(await embeddings.embedDocuments(["a", "b"])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(asked).toEqual([{ model: "acme/e", dimensions: 2, user: "u", values: ["a", "b"] }]);
    await expect(new LLMuxEmbeddings({ llm: without }).embedQuery("a")).rejects.toMatchObject({ kind: "unsupported" });
  });
});
