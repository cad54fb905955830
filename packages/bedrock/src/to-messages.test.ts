import type { Message } from "@llmux/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Asked, errorOf } from "./testing/asked.js";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PDF = Buffer.from("%PDF-1.4 hello").toString("base64");

let asked: Asked;
beforeAll(async () => {
  asked = await Asked.start();
});
afterAll(() => asked.server.stop());

const sent = async (content: Exclude<Extract<Message, { role: "user" }>["content"], string>, model?: string) =>
  (await asked.body({ messages: [{ role: "user", content }], ...(model && { model }) })).messages[0]?.content;

describe("a conversation", () => {
  it("has its system messages apart, and turns of one role joined", async () => {
    const { body, result } = await asked.both({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "A" },
        { role: "user", content: "B" },
        { role: "assistant", content: "C" },
        { role: "system", content: "Late." },
        { role: "user", content: "  " },
        { role: "user", content: "D" },
      ],
    });
    expect(body).toEqual({
      system: [{ text: "Be brief." }, { text: "Late." }],
      messages: [
        { role: "user", content: [{ text: "A" }, { text: "B" }] },
        { role: "assistant", content: [{ text: "C" }] },
        { role: "user", content: [{ text: "D" }] },
      ],
    });
    expect(result.warnings).toMatchObject([{ type: "changed", parameter: "messages" }]);
  });

  it("marks where to cache", async () => {
    const body = await asked.body({
      messages: [
        { role: "system", content: [{ type: "text", text: "Long.", cache: true }] },
        { role: "user", content: [{ type: "text", text: "Longer.", cache: { ttl: "1h" } }] },
      ],
      tools: [{ name: "add", cache: { ttl: "5m" } }],
    });
    expect(body.system).toEqual([{ text: "Long." }, { cachePoint: { type: "default" } }]);
    expect(body.messages[0].content).toEqual([{ text: "Longer." }, { cachePoint: { type: "default", ttl: "1h" } }]);
    expect(body.toolConfig.tools[1]).toEqual({ cachePoint: { type: "default", ttl: "5m" } });
  });

  it("sends tool calls and results", async () => {
    const { body } = await asked.both({
      tools: [{ name: "add" }],
      messages: [
        { role: "user", content: "1 + 1" },
        {
          role: "assistant",
          content: [
            { type: "tool-call", id: "a", name: "add", input: { a: 1, b: 1 } },
            { type: "tool-call", id: "b", name: "add", input: undefined, inputText: "{broken" },
          ],
        },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: "a",
              output: { sum: 2 },
              providerOptions: { bedrock: { status: "success" } },
            },
            { type: "tool-result", toolCallId: "b", output: "no", isError: true },
          ],
        },
        {
          role: "user",
          content: [{ type: "text", text: "And?" }],
        },
      ],
    });
    expect(body.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: [
          { toolUse: { toolUseId: "a", name: "add", input: { a: 1, b: 1 } } },
          { toolUse: { toolUseId: "b", name: "add", input: { INVALID_JSON: "{broken" } } },
        ],
      },
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "a", content: [{ text: '{"sum":2}' }], status: "success" } },
          { toolResult: { toolUseId: "b", content: [{ text: "no" }], status: "error" } },
          { text: "And?" },
        ],
      },
    ]);
  });

  it("leaves a status out where the model takes none, and says so", async () => {
    const { body, result } = await asked.both({
      model: "meta.llama3-1-70b-instruct-v1:0",
      tools: [{ name: "add" }],
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: [{ type: "tool-call", id: "a", name: "add", input: {} }] },
        { role: "tool", content: [{ type: "tool-result", toolCallId: "a", output: "no", isError: true }] },
      ],
    });
    expect(body.messages[2].content).toEqual([{ toolResult: { toolUseId: "a", content: [{ text: "no" }] } }]);
    expect(result.warnings).toMatchObject([{ type: "dropped" }]);
  });

  it("sends reasoning back that is signed or sealed, and unsigned where the model signs nothing", async () => {
    const messages: Message[] = [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm", signature: "sig" },
          { type: "reasoning", text: "", redacted: "c2VhbGVk" },
          { type: "reasoning", text: "Unsigned" },
          { type: "text", text: "Ho" },
        ],
      },
      { role: "user", content: "Hm?" },
    ];
    const kept = [
      { reasoningContent: { reasoningText: { text: "Hm", signature: "sig" } } },
      { reasoningContent: { redactedContent: "c2VhbGVk" } },
    ];
    const claude = await asked.both({ messages });
    expect(claude.body.messages[1].content).toEqual([...kept, { text: "Ho" }]);
    expect(claude.result.warnings).toMatchObject([{ type: "dropped", parameter: "messages" }]);
    const kimi = await asked.both({ messages, model: "moonshot.kimi-k2-thinking" });
    const unsigned = { reasoningContent: { reasoningText: { text: "Unsigned" } } };
    expect(kimi.body.messages[1].content).toEqual([...kept, unsigned, { text: "Ho" }]);
    expect(kimi.result.warnings).toEqual([]);
  });
});

describe("media", () => {
  it("goes by its bytes, with the format that its type names", async () => {
    const video = new Uint8Array([1, 2, 3]);
    const content = await sent([
      { type: "text", text: "Look" },
      { type: "image", data: PNG },
      { type: "image", data: `data:image/webp;base64,UklGRg==` },
      { type: "file", data: PDF, filename: "my report_v2.final.pdf" },
      { type: "file", data: PDF, filename: "my report_v2.final.pdf" },
      { type: "file", data: "YSxi", mediaType: "text/csv" },
      { type: "file", data: "aGk=", mediaType: "text/x-python; charset=utf-8" },
      { type: "file", data: video, mediaType: "video/mp4" },
      { type: "audio", data: "AAAA", mediaType: "audio/wav" },
      { type: "audio", data: "AAAA", mediaType: "audio/mpeg" },
    ]);
    expect(content).toEqual([
      { text: "Look" },
      { image: { format: "png", source: { bytes: PNG } } },
      { image: { format: "webp", source: { bytes: "UklGRg==" } } },
      { document: { format: "pdf", name: "my report-v2-final", source: { bytes: PDF } } },
      { document: { format: "pdf", name: "my report-v2-final 2", source: { bytes: PDF } } },
      { document: { format: "csv", name: "document", source: { bytes: "YSxi" } } },
      { document: { format: "txt", name: "document 2", source: { bytes: "aGk=" } } },
      { video: { format: "mp4", source: { bytes: "AQID" } } },
      { audio: { format: "wav", source: { bytes: "AAAA" } } },
      { audio: { format: "mp3", source: { bytes: "AAAA" } } },
    ]);
  });

  it("goes by s3:// too, with the owner of the bucket", async () => {
    const owner = { bedrock: { bucketOwner: "123456789012" } };
    const content = await sent([
      { type: "file", data: "s3://bucket/a/film.mov", providerOptions: owner },
      { type: "image", data: new URL("s3://bucket/b.JPG") },
      { type: "file", data: "s3://bucket/c", mediaType: "application/pdf" },
    ]);
    expect(content).toEqual([
      {
        video: {
          format: "mov",
          source: { s3Location: { uri: "s3://bucket/a/film.mov", bucketOwner: "123456789012" } },
        },
      },
      { image: { format: "jpeg", source: { s3Location: { uri: "s3://bucket/b.JPG" } } } },
      { document: { format: "pdf", name: "document", source: { s3Location: { uri: "s3://bucket/c" } } } },
    ]);
  });

  it("is refused by URL, by id, and in formats that Converse has not", async () => {
    for (const [part, parameter] of [
      [{ type: "image", data: "https://example.com/a.png" }, "messages: image by http(s) URL"],
      [{ type: "file", data: { fileId: "f" } }, "messages: file by file id"],
      [{ type: "image", data: "Qk0=", mediaType: "image/bmp" }, "messages: image of type image/bmp"],
      [{ type: "file", data: "UEs=", mediaType: "application/zip" }, "messages: file of type application/zip"],
    ] as const) {
      expect(await errorOf(sent([{ type: "text", text: "Look" }, part]))).toMatchObject({
        kind: "unsupported",
        parameter,
      });
    }
    const { body, result } = await asked.both({
      dropParams: true,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image", data: "https://example.com/a.png" },
          ],
        },
      ],
    });
    expect(body.messages[0].content).toEqual([{ text: "Look" }]);
    expect(result.warnings).toMatchObject([{ type: "dropped" }]);
  });

  it("may be a tool's output", async () => {
    const body = await asked.body({
      tools: [{ name: "draw" }],
      messages: [
        { role: "user", content: "Draw" },
        { role: "assistant", content: [{ type: "tool-call", id: "a", name: "draw", input: {} }] },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: "a",
              output: [
                { type: "text", text: "Here" },
                { type: "image", data: PNG },
              ],
            },
          ],
        },
      ],
    });
    expect(body.messages[2].content[0].toolResult.content).toEqual([
      { text: "Here" },
      { image: { format: "png", source: { bytes: PNG } } },
    ]);
  });
});

describe("what only Bedrock understands", () => {
  it("goes as it is, bytes as base64", async () => {
    const bytes = Buffer.from(PNG, "base64");
    const content = await sent([
      {
        type: "provider",
        provider: "bedrock",
        value: { guardContent: { image: { format: "png", source: { bytes } } } },
      },
      { type: "text", text: "Is it?", providerOptions: { bedrock: { guardContent: { qualifiers: ["query"] } } } },
      { type: "file", data: PDF, providerOptions: { bedrock: { citations: { enabled: true }, context: "c" } } },
    ]);
    expect(content).toEqual([
      { guardContent: { image: { format: "png", source: { bytes: PNG } } } },
      { guardContent: { text: { text: "Is it?", qualifiers: ["query"] } } },
      {
        document: {
          format: "pdf",
          name: "document",
          source: { bytes: PDF },
          citations: { enabled: true },
          context: "c",
        },
      },
    ]);
  });

  it("is refused of another provider", async () => {
    expect(await errorOf(sent([{ type: "provider", provider: "openai", value: {} }]))).toMatchObject({
      kind: "unsupported",
    });
  });
});
