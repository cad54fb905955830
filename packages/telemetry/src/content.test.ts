import type { AssistantPart, GenerateRequest, LLMBackend, Message } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TelemetryOptions } from "./options.js";
import { createRedactor } from "./redactor.js";
import { recordedText, SDK } from "./testing/harness.js";
import { withTelemetry } from "./with-telemetry.js";

let sdk: SDK;
beforeEach(() => {
  sdk = new SDK();
});
afterEach(() => sdk.shutdown());

/** What is recorded of a call, its content parsed. */
async function record(
  request: Omit<GenerateRequest, "messages"> & { messages?: readonly Message[] },
  options: TelemetryOptions = {},
  content?: readonly AssistantPart[],
): Promise<Record<string, unknown>> {
  const { tracerProvider } = sdk;
  const backend = mockBackend({ text: "Fine.", result: content ? { content } : {} });
  const llm = withTelemetry(backend, { tracerProvider, content: true, ...options });
  await llm.generate({ model: "m", messages: [], ...request });
  const { attributes } = sdk.span;
  const names = [
    "gen_ai.system_instructions",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.tool.definitions",
  ];
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, names.includes(name) ? JSON.parse(String(value)) : value]),
  );
}

it("is recorded only when asked for", async () => {
  const secret = "only-when-asked";
  const messages = [
    { role: "system" as const, content: secret },
    { role: "user" as const, content: secret },
  ];
  await record({ messages, tools: [{ name: "t", description: secret }] }, { content: false }, [
    { type: "text", text: secret },
  ]);
  expect(await recordedText(sdk)).not.toContain(secret);
});

it("has the form of the conventions' schemas", async () => {
  const recorded = await record(
    {
      messages: [
        { role: "system", content: "Be kind." },
        { role: "system", content: [{ type: "text", text: "Be brief." }] },
        { role: "user", content: "Weather in Paris?", name: "jo" },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "Hm.", signature: "sealed" },
            { type: "tool-call", id: "c1", name: "weather", input: { city: "Paris", days: [1, true, null] } },
          ],
        },
        { role: "tool", content: [{ type: "tool-result", toolCallId: "c1", output: "rainy" }] },
        { role: "system", content: "Later." },
      ],
      tools: [
        { name: "weather", description: "d", inputSchema: { type: "object" } },
        { type: "provider", provider: "anthropic", value: { type: "web_search_20250305", name: "web_search" } },
      ],
    },
    {},
    [
      { type: "text", text: "It rains." },
      { type: "refusal", text: "No." },
      { type: "tool-call", id: "c2", name: "t", input: undefined, inputText: "{broken" },
      { type: "provider", provider: "anthropic", value: { type: "server_tool_use", secret: "sealed" } },
    ],
  );
  expect(recorded["gen_ai.system_instructions"]).toEqual([
    { type: "text", content: "Be kind." },
    { type: "text", content: "Be brief." },
  ]);
  expect(recorded["gen_ai.input.messages"]).toEqual([
    { role: "user", parts: [{ type: "text", content: "Weather in Paris?" }], name: "jo" },
    {
      role: "assistant",
      parts: [
        { type: "reasoning", content: "Hm." },
        { type: "tool_call", id: "c1", name: "weather", arguments: { city: "Paris", days: [1, true, null] } },
      ],
    },
    { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: "rainy" }] },
    { role: "system", parts: [{ type: "text", content: "Later." }] },
  ]);
  expect(recorded["gen_ai.output.messages"]).toEqual([
    {
      role: "assistant",
      parts: [
        { type: "text", content: "It rains." },
        { type: "refusal", content: "No." },
        { type: "tool_call", id: "c2", name: "t", arguments: "{broken" },
        { type: "provider", provider: "anthropic" },
      ],
      finish_reason: "stop",
    },
  ]);
  expect(recorded["gen_ai.tool.definitions"]).toEqual([
    { type: "function", name: "weather" },
    { type: "web_search_20250305", name: "web_search" },
  ]);
  expect(recorded).not.toHaveProperty(["llmux.content.truncated"]);
});

it("describes tools in full only when asked", async () => {
  const standard = { "~standard": { version: 1, vendor: "v", validate: () => ({ value: 1 }) } } as never;
  const { "gen_ai.tool.definitions": tools } = await record(
    {
      tools: [
        {
          name: "a",
          description: "what it does",
          inputSchema: { type: "object", properties: { x: { type: "string" } } },
        },
        { name: "b", inputSchema: standard },
      ],
    },
    { content: { tools: "full" } },
  );
  expect(tools).toEqual([
    {
      type: "function",
      name: "a",
      description: "what it does",
      parameters: { type: "object", properties: { x: { type: "string" } } },
    },
    { type: "function", name: "b" },
  ]);
});

it("is what was chosen", async () => {
  const recorded = await record(
    {
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "u" },
      ],
      tools: [{ name: "t" }],
    },
    { content: { input: false, tools: false, instructions: false } },
  );
  expect(Object.keys(recorded).filter((name) => /messages|instructions|tool/.test(name))).toEqual([
    "gen_ai.output.messages",
  ]);
});

it("holds no media, only their kind and size", async () => {
  const bytes = new Uint8Array(1000);
  const { "gen_ai.input.messages": messages } = await record({
    messages: [
      {
        role: "user",
        content: [
          { type: "image", data: bytes, mediaType: "image/png" },
          { type: "image", data: `data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}` },
          { type: "audio", data: Buffer.from(bytes).toString("base64"), mediaType: "audio/wav" },
          { type: "file", data: new URL("https://me:pw@files.test/a.pdf?sig=abc#x"), mediaType: "application/pdf" },
          { type: "file", data: { fileId: "file-1" }, mediaType: "video/mp4" },
        ],
      },
      {
        role: "tool",
        content: [{ type: "tool-result", toolCallId: "c", output: [{ type: "image", data: bytes }, bytes] }],
      },
    ],
  });
  expect(messages).toEqual([
    {
      role: "user",
      parts: [
        { type: "blob", modality: "image", mime_type: "image/png", content: "", size: 1000 },
        { type: "blob", modality: "image", mime_type: "image/jpeg", content: "", size: 1000 },
        { type: "blob", modality: "audio", mime_type: "audio/wav", content: "", size: 1000 },
        { type: "uri", modality: "document", mime_type: "application/pdf", uri: "https://files.test/a.pdf" },
        { type: "file", modality: "video", mime_type: "video/mp4", file_id: "file-1" },
      ],
    },
    {
      role: "tool",
      parts: [
        {
          type: "tool_call_response",
          id: "c",
          response: [{ type: "blob", modality: "image", content: "", size: 1000 }, { size: 1000 }],
        },
      ],
    },
  ]);
});

it("is cut where it is too long, the oldest first, and says so", async () => {
  const messages = ["oldest", "older", "x".repeat(10), "newest"].map((content) => ({ role: "user" as const, content }));
  const recorded = await record({ messages }, { content: { maxLength: 12 } });
  expect(recorded["gen_ai.input.messages"]).toEqual([
    { role: "user", parts: [{ type: "text", content: "xxxxxx…" }] },
    { role: "user", parts: [{ type: "text", content: "newest" }] },
  ]);
  expect(recorded["llmux.content.truncated"]).toBe(true);
});

it("is cut after it was redacted, and not through a character", async () => {
  const key = `sk-${"a1".repeat(20)}`;
  const recorded = await record(
    { messages: [{ role: "user", content: `${key} 👋👋👋` }] },
    { content: { maxLength: 9 } },
  );
  expect(recorded["gen_ai.input.messages"]).toEqual([
    { role: "user", parts: [{ type: "text", content: "[key] 👋…" }] },
  ]);
});

it("may hold what JSON can't, and be as deep as it likes", async () => {
  let deep: unknown = "end";
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  const circle: Record<string, unknown> = { n: 12345678901234567890n, f: () => 1, __proto__: null };
  circle.self = circle;
  // The mock itself makes JSON of its messages.
  const answer = await mockBackend("Fine.").generate({ messages: [] });
  const { tracerProvider } = sdk;
  const llm = withTelemetry({ ...mockBackend(), generate: async () => answer } as LLMBackend, {
    tracerProvider,
    content: true,
  });
  const output = { circle, deep };
  await llm.generate({ messages: [{ role: "tool", content: [{ type: "tool-result", toolCallId: "c", output }] }] });
  expect(sdk.span.attributes["llmux.content.truncated"]).toBe(true);
  expect(sdk.span.attributes["gen_ai.input.messages"]).toContain('{"n":"12345678901234567890","self":{"n":');
});

describe("a redaction hook", () => {
  it("takes the place of the built-in patterns for personal data, not of those for keys", async () => {
    const key = `sk-${"a1".repeat(20)}`;
    const { "gen_ai.input.messages": messages, "enduser.id": user } = await record(
      { messages: [{ role: "user", content: `a@b.cd ${key} blue` }], user: "blue@b.cd" },
      { redact: (text) => text.replaceAll("blue", "[colour]") },
    );
    expect(messages).toEqual([{ role: "user", parts: [{ type: "text", content: "a@b.cd [key] [colour]" }] }]);
    expect(user).toBe("[colour]@b.cd");
  });

  it("may be a list, or made of the built-in ones and others", async () => {
    const pattern = { name: "colour", pattern: /blue/g };
    for (const redact of [[pattern], createRedactor({ patterns: [pattern] })]) {
      sdk = new SDK();
      const { "enduser.id": user } = await record({ user: "blue a@b.cd" }, { redact });
      expect(user).toBe(Array.isArray(redact) ? "[colour] a@b.cd" : "[colour] [email]");
    }
  });

  it("that throws has what it was given left out, and nothing else", async () => {
    const recorded = await record(
      {
        messages: [
          { role: "system", content: "ok" },
          { role: "user", content: "bad" },
        ],
        user: "bad",
      },
      {
        redact: (text) => {
          if (text === "bad") throw new Error("no");
          return text;
        },
      },
    );
    expect(recorded).toMatchObject({
      "gen_ai.system_instructions": [{ type: "text", content: "ok" }],
      "gen_ai.output.messages": [
        { role: "assistant", parts: [{ type: "text", content: "Fine." }], finish_reason: "stop" },
      ],
    });
    expect(recorded).not.toHaveProperty(["gen_ai.input.messages"]);
    expect(recorded).not.toHaveProperty(["enduser.id"]);
  });
});

describe("a key", () => {
  const alphabet = fc.constantFrom(..."abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789");
  const random = (length: number): fc.Arbitrary<string> =>
    fc.array(alphabet, { minLength: length, maxLength: length }).map((letters) => letters.join(""));
  const keys = fc.oneof(
    random(40).map((rest) => `sk-proj-${rest}`),
    random(60).map((rest) => `sk-ant-api03-${rest}`),
    random(35).map((rest) => `AIza${rest}`),
    random(50).map((rest) => `gsk_${rest}`),
    random(60).map((rest) => `xai-${rest}`),
    random(36).map((rest) => `ghp_${rest}`),
    random(40).map((rest) => `eyJ${rest}.${rest}.${rest}`),
  );

  it("that stands anywhere in a request, an answer or a failure is never recorded", async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.constantFrom("", "my key: ", "x "), fc.boolean(), async (key, before, fails) => {
        sdk = new SDK();
        const { LLMError } = await import("@llmux/core");
        const planted = `${before}${key}`;
        const attempt = { provider: planted, model: planted, deployment: planted, duration: 1 };
        const failure = { kind: "server" as const, message: planted };
        const attempts = [{ ...attempt, error: failure }, attempt];
        const facts = {
          response: { id: planted, model: planted, requestId: planted, headers: { k: planted } },
          attempts,
        };
        const backend = mockBackend(
          fails
            ? new LLMError({
                ...failure,
                code: planted,
                requestId: planted,
                model: planted,
                provider: planted,
                attempts,
                cause: planted,
              })
            : {
                text: planted,
                reasoning: planted,
                toolCalls: [{ id: planted, name: planted, input: { [planted]: [planted, { a: planted }] } }],
                result: {
                  ...facts,
                  provider: planted,
                  model: planted,
                  finishReason: { unified: "other", raw: planted },
                },
              },
        );
        const { tracerProvider, meterProvider } = sdk;
        const llm = withTelemetry(backend, {
          tracerProvider,
          meterProvider,
          content: { tools: "full" },
          errorMessages: true,
          attributes: () => ({ "app.note": planted, "app.list": [planted] }),
        });
        const request: GenerateRequest = {
          model: planted,
          messages: [
            { role: "system", content: planted },
            {
              role: "user",
              content: [
                { type: "text", text: planted },
                { type: "image", data: new URL(`https://a.test/?k=${key}`) },
              ],
              name: planted,
            },
            { role: "tool", content: [{ type: "tool-result", toolCallId: planted, output: { planted } }] },
          ],
          tools: [{ name: planted, description: planted, inputSchema: { type: "object", description: planted } }],
          headers: { authorization: planted },
          stopSequences: [planted],
          user: planted,
          cacheKey: planted,
          providerOptions: { openai: { planted } } as never,
          context: { key: planted, tags: [planted], session: planted },
        };
        const calls = [
          llm.generate(request),
          (async () => {
            for await (const _ of llm.stream(request));
          })(),
        ];
        await Promise.allSettled(calls);
        expect(sdk.spans).toHaveLength(2);
        const text = await recordedText(sdk);
        expect(text).not.toContain(key);
        expect(text).not.toContain(key.slice(-20));
        await sdk.shutdown();
      }),
      { numRuns: 60 },
    );
  });
});
