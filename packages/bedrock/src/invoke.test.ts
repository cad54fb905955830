import { collect, type LLMBackend } from "@llmux/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Asked, errorOf, HI, replyOf } from "./testing/asked.js";
import { encodeFrame } from "./testing/encode-frame.js";

const NOVA = "invoke/us.amazon.nova-pro-v1:0";
const OLD = "invoke/anthropic.claude-v2:1";
const schema = { type: "object", properties: {} };

let asked: Asked;
let backend: LLMBackend;
beforeAll(async () => {
  asked = await Asked.start();
  backend = asked.backend;
});
afterAll(() => asked.server.stop());

describe("Nova over InvokeModel", () => {
  it("is sent messages-v1, and answers as Converse does", async () => {
    const reply = {
      output: { message: { content: [{ text: "Hi" }] } },
      stopReason: "end_turn",
      usage: { inputTokens: 2 },
    };
    asked.server.serve(replyOf(reply));
    const { body, result } = await asked.both({
      model: NOVA,
      tools: [{ name: "add", inputSchema: schema }],
      maxTokens: 5,
      topK: 3,
      providerOptions: { bedrock: { inferenceConfig: { temperature: 0 } } },
    });
    asked.server.serve(replyOf(HI));
    expect(body).toEqual({
      schemaVersion: "messages-v1",
      messages: [{ role: "user", content: [{ text: "Hi" }] }],
      inferenceConfig: { maxTokens: 5, topK: 3, temperature: 0 },
      toolConfig: { tools: [{ toolSpec: { name: "add", inputSchema: { json: schema } } }] },
    });
    expect(result).toMatchObject({
      text: "Hi",
      usage: { inputTokens: { total: 2 }, outputTokens: { total: undefined } },
    });
  });

  it("is read from the events of Converse", async () => {
    const events = [
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { delta: { text: "Hi" }, contentBlockIndex: 0 } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { usage: { inputTokens: 2, outputTokens: 1, cacheReadInputTokenCount: 4 }, metrics: {} } },
    ];
    const frames = events.map((event) =>
      encodeFrame({ ":event-type": "chunk" }, { bytes: Buffer.from(JSON.stringify(event)).toString("base64") }),
    );
    const response = { status: 200, body_base64: Buffer.concat(frames).toString("base64") };
    asked.server.serve({ ...replyOf(undefined), wire: "aws-eventstream", response });
    const result = await collect(backend.stream({ model: NOVA, messages: [{ role: "user", content: "Hi" }] }));
    asked.server.serve(replyOf(HI));
    expect(result).toMatchObject({ text: "Hi", usage: { inputTokens: { total: 6, cacheRead: 4 } } });
  });
});

describe("Claude's text completions", () => {
  it("are sent one prompt", async () => {
    const reply = { completion: " Hello", stop_reason: "stop_sequence", stop: "\n\nHuman:" };
    const counts = { "x-amzn-bedrock-input-token-count": "9", "x-amzn-bedrock-output-token-count": "2" };
    asked.server.serve(replyOf(reply, counts));
    const { body, result } = await asked.both({
      model: OLD,
      maxTokens: 5,
      topK: 2,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Ho" },
        { role: "user", content: "Hm" },
      ],
    });
    asked.server.serve(replyOf(HI));
    expect(body).toEqual({
      prompt: "Be brief.\n\nHuman: Hi\n\nAssistant: Ho\n\nHuman: Hm\n\nAssistant:",
      max_tokens_to_sample: 5,
      top_k: 2,
    });
    expect(result).toMatchObject({
      text: " Hello",
      finishReason: { unified: "stop", raw: "stop_sequence" },
      usage: { inputTokens: { total: 9 }, outputTokens: { total: 2 } },
      providerMetadata: { bedrock: { stop: "\n\nHuman:" } },
    });
  });

  it("know no tools", async () => {
    expect(await errorOf(asked.body({ model: OLD, tools: [{ name: "add" }] }))).toMatchObject({
      kind: "unsupported",
      parameter: "tools",
    });
    asked.server.serve(replyOf({ nothing: 1 }));
    expect((await errorOf(asked.body({ model: OLD }))).kind).toBe("malformed-response");
    asked.server.serve(replyOf(HI));
  });
});

describe("another model over InvokeModel", () => {
  it("is refused, saying what to do", async () => {
    const error = await errorOf(asked.body({ model: "invoke/meta.llama3-1-70b-instruct-v1:0" }));
    expect(error).toMatchObject({ kind: "unsupported", message: expect.stringContaining("Converse") });
  });
});
