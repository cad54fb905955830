import { collect, type LLMBackend, type Message } from "@llmux/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Asked, errorOf, replyOf } from "./testing/asked.js";
import { encodeFrame } from "./testing/encode-frame.js";

const CLAUDE = "invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const schema = { type: "object", properties: {} };
const message = {
  type: "message",
  id: "msg_1",
  model: "claude",
  role: "assistant",
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 3, output_tokens: 1, cache_read_input_tokens: 2, cache_creation_input_tokens: 1 },
};
const HISTORY: Message[] = [
  { role: "system", content: [{ type: "text", text: "Be brief.", cache: { ttl: "1h" } }] },
  {
    role: "user",
    content: [
      { type: "text", text: "Look" },
      { type: "image", data: PNG },
      { type: "file", data: "JVBERi0x", filename: "a.pdf" },
      { type: "file", data: "aGk=", mediaType: "text/plain", cache: true },
    ],
  },
  {
    role: "assistant",
    content: [
      { type: "reasoning", text: "Hm", signature: "sig" },
      { type: "reasoning", text: "", redacted: "sealed" },
      { type: "provider", provider: "bedrock", value: { type: "server_tool_use", id: "s", name: "web", input: {} } },
      { type: "tool-call", id: "a", name: "add", input: { a: 1 } },
    ],
  },
  { role: "tool", content: [{ type: "tool-result", toolCallId: "a", output: "no", isError: true }] },
];

let asked: Asked;
let backend: LLMBackend;
beforeAll(async () => {
  asked = await Asked.start({}, message);
  backend = asked.backend;
});
afterAll(() => asked.server.stop());

describe("Claude over InvokeModel", () => {
  it("is sent Anthropic's Messages", async () => {
    const { body, path } = await asked.both({
      model: CLAUDE,
      messages: HISTORY,
      tools: [{ name: "add", description: "Adds", inputSchema: schema, cache: true }],
      toolChoice: "required",
      parallelToolCalls: false,
      temperature: 1,
      topK: 3,
      stopSequences: ["x"],
      user: "u",
    });
    expect(path).toBe("/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke");
    expect(body).toEqual({
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 32_000,
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral", ttl: "1h" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
            {
              type: "document",
              title: "a",
              source: { type: "base64", media_type: "application/pdf", data: "JVBERi0x" },
            },
            {
              type: "document",
              title: "document",
              source: { type: "text", media_type: "text/plain", data: "hi" },
              cache_control: { type: "ephemeral" },
            },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "Hm", signature: "sig" },
            { type: "redacted_thinking", data: "sealed" },
            { type: "server_tool_use", id: "s", name: "web", input: {} },
            { type: "tool_use", id: "a", name: "add", input: { a: 1 } },
          ],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "no" }], is_error: true }],
        },
      ],
      tools: [{ name: "add", description: "Adds", input_schema: schema, cache_control: { type: "ephemeral" } }],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      temperature: 1,
      top_k: 3,
      stop_sequences: ["x"],
      metadata: { user_id: "u" },
    });
  });

  it("is sent thinking, structured output, and what the options say", async () => {
    await errorOf(
      asked.body({
        model: "us.anthropic.claude-opus-4-8",
        reasoning: { effort: "high" },
        output: { schema },
        maxTokens: 9,
        providerOptions: {
          bedrock: {
            api: "invoke",
            anthropic_beta: ["x"],
            max_tokens: 10,
            guardrailIdentifier: "g",
            guardrailVersion: "2",
            trace: "ENABLED",
            performanceConfigLatency: "optimized",
            serviceTier: { type: "flex" },
            requestMetadata: { team: "a" },
          },
        },
      }),
    );
    const { body, headers, path } = asked.last;
    expect(path).toBe("/model/us.anthropic.claude-opus-4-8/invoke");
    expect(body).toMatchObject({
      max_tokens: 10,
      anthropic_beta: ["x"],
      thinking: { type: "adaptive", display: "summarized" },
      output_config: {
        effort: "high",
        format: { type: "json_schema", schema: { type: "object", properties: {}, additionalProperties: false } },
      },
    });
    expect(body.guardrailIdentifier ?? body.trace ?? body.serviceTier ?? body.requestMetadata).toBeUndefined();
    expect(headers).toMatchObject({
      "x-amzn-bedrock-guardrailidentifier": "g",
      "x-amzn-bedrock-guardrailversion": "2",
      "x-amzn-bedrock-trace": "ENABLED",
      "x-amzn-bedrock-performanceconfig-latency": "optimized",
      "x-amzn-bedrock-service-tier": "flex",
      "x-amzn-bedrock-request-metadata": expect.any(String),
    });
  });

  const CONTENT = [
    { type: "thinking", thinking: "Hm", signature: "sig" },
    { type: "redacted_thinking", data: "sealed" },
    { type: "text", text: "Rome", citations: [{ type: "char_location", cited_text: "Roma", document_title: "d" }] },
    { type: "server_tool_use", id: "s", name: "web", input: { q: 1 } },
    { type: "tool_use", id: "a", name: "add", input: { a: 1 } },
  ];
  const PARTS = [
    { type: "reasoning", text: "Hm", signature: "sig", provider: "bedrock" },
    { type: "reasoning", text: "", redacted: "sealed", provider: "bedrock" },
    { type: "text", text: "Rome", citations: [{ title: "d", text: "Roma", raw: CONTENT[2]?.citations?.[0] }] },
    { type: "provider", provider: "bedrock", value: CONTENT[3] },
    { type: "tool-call", id: "a", name: "add", input: { a: 1 } },
  ];
  const DELTAS = [
    [
      { type: "thinking_delta", thinking: "Hm" },
      { type: "signature_delta", signature: "sig" },
    ],
    [],
    [
      { type: "text_delta", text: "Rome" },
      { type: "citations_delta", citation: CONTENT[2]?.citations?.[0] },
    ],
    [{ type: "input_json_delta", partial_json: '{"q":1}' }],
    [
      { type: "input_json_delta", partial_json: '{"a"' },
      { type: "input_json_delta", partial_json: ":1}" },
    ],
  ];
  const EMPTY = [
    { type: "thinking", thinking: "", signature: "" },
    CONTENT[1],
    { type: "text", text: "" },
    { ...CONTENT[3], input: {} },
    { ...CONTENT[4], input: {} },
  ];
  const events = [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    ...CONTENT.flatMap((_, index) => [
      { type: "content_block_start", index, content_block: EMPTY[index] },
      ...(DELTAS[index] ?? []).map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 7 } },
    { type: "message_stop" },
  ];
  const chunk = (event: unknown) =>
    encodeFrame({ ":event-type": "chunk" }, { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "abc" });
  const streamed = (list: readonly unknown[], ...more: Uint8Array[]) => ({
    ...replyOf(undefined),
    wire: "aws-eventstream" as const,
    response: { status: 200, body_base64: Buffer.concat([...list.map(chunk), ...more]).toString("base64") },
  });
  const request = { model: CLAUDE, messages: [{ role: "user", content: "Hi" }] } as const;

  it("is read the same at once and streamed", async () => {
    const usage = { ...message.usage, output_tokens: 7 };
    asked.server.serve(replyOf({ ...message, content: CONTENT, stop_reason: "tool_use", usage }));
    const whole = await backend.generate(request);
    asked.server.serve(streamed(events));
    const stream = await collect(backend.stream(request));
    asked.server.serve(replyOf(message));
    for (const result of [whole, stream]) {
      expect(result.content).toEqual(PARTS);
      expect(result).toMatchObject({
        finishReason: { unified: "tool-calls", raw: "tool_use" },
        usage: { inputTokens: { total: 6, cacheRead: 2, cacheWrite: 1 }, outputTokens: { total: 7 } },
        response: { id: "msg_1", model: "claude" },
      });
    }
  });

  it("says what ended a stream early", async () => {
    asked.server.serve(streamed(events.slice(0, 4)));
    expect(await errorOf(collect(backend.stream(request)))).toMatchObject({ kind: "connection" });
    const headers = { ":message-type": "exception", ":exception-type": "throttlingException" };
    asked.server.serve(streamed(events.slice(0, 4), encodeFrame(headers, { message: "Slow" })));
    expect(await errorOf(collect(backend.stream(request)))).toMatchObject({ kind: "rate-limit", message: "Slow" });
    asked.server.serve(streamed([{ type: "error", error: { type: "overloaded_error", message: "Busy" } }]));
    expect(await errorOf(collect(backend.stream(request)))).toMatchObject({ kind: "overloaded", message: "Busy" });
    asked.server.serve(streamed([events.at(-1)]));
    expect(await errorOf(collect(backend.stream(request)))).toMatchObject({ kind: "malformed-response" });
    asked.server.serve(replyOf(message));
  });
});
