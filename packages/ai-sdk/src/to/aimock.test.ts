import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { APICallError } from "@ai-sdk/provider";
import { LLMock } from "@copilotkit/aimock";
import { createLLM, isLLMError, type RetryNotice, withRetry } from "@llmux/core";
import { openai } from "@llmux/openai";
import {
  embed,
  embedMany,
  generateObject,
  generateText,
  isStepCount,
  NoObjectGeneratedError,
  Output,
  readUIMessageStream,
  streamText,
  ToolLoopAgent,
  tool,
  type UIMessage,
  type UIMessageChunk,
} from "ai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type LLMuxProvider, toAISDK } from "../index.js";

(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

const mock = new LLMock({ chunkSize: 5 });
let models: LLMuxProvider;

beforeAll(async () => {
  mock.on({ userMessage: "weather", hasToolResult: false } as never, {
    toolCalls: [
      { name: "weather", arguments: '{"city":"Oslo"}' },
      { name: "weather", arguments: '{"city":"Rome"}' },
    ],
  });
  mock.on({ userMessage: "weather", hasToolResult: true } as never, { content: "Cold in Oslo, warm in Rome." });
  mock.onMessage("hello", { content: "Hello to you, and a good morning as well." });
  mock.onMessage("person", { content: '{"name":"Ann","age":40}' });
  mock.onMessage("prose", { content: "I would rather not." });
  mock.onMessage("picture", { content: "A cat." });
  mock.onMessage("cut", { content: "This will never be heard to its very end." }, { truncateAfterChunks: 3 });
  mock.onEmbedding(/(?:)/, { embedding: [0.25, -0.5, 1] });
  await mock.start();
  const llm = createLLM({ adapters: [openai({ apiKey: "sk-test", baseURL: `${mock.url}/v1` })] });
  models = toAISDK(llm);
});
afterAll(() => mock.stop());
afterEach(() => {
  mock.clearChaos();
  mock.clearRequests();
});

const model = () => models("openai/gpt-4o");
const once = { maxRetries: 0 };
const weather = tool({
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, degrees: city === "Oslo" ? -4 : 25 }),
});

describe("over @llmux/openai, with the real AI SDK", () => {
  it("generates text", async () => {
    const { text, finishReason, usage, response, providerMetadata } = await generateText({
      model: model(),
      prompt: "hello",
      ...once,
    });
    expect(text).toBe("Hello to you, and a good morning as well.");
    expect(finishReason).toBe("stop");
    expect(usage.totalTokens).toBeGreaterThan(0);
    expect(response.headers).toMatchObject({ "content-type": expect.stringContaining("json") });
    expect(providerMetadata?.llmux).toMatchObject({ provider: "openai", model: "gpt-4o" });
  });

  it("streams text", async () => {
    const { textStream, finishReason, usage } = streamText({ model: model(), prompt: "hello", ...once });
    const deltas: string[] = [];
    for await (const delta of textStream) deltas.push(delta);
    expect(deltas.length).toBeGreaterThan(2);
    expect(deltas.join("")).toBe("Hello to you, and a good morning as well.");
    expect(await finishReason).toBe("stop");
    expect((await usage).outputTokens).toBeGreaterThan(0);
  });

  it("calls tools over several steps", async () => {
    const { text, steps } = await generateText({
      model: model(),
      prompt: "How is the weather?",
      tools: { weather },
      stopWhen: isStepCount(3),
      ...once,
    });
    expect(text).toBe("Cold in Oslo, warm in Rome.");
    expect(steps.map((step) => step.finishReason)).toEqual(["tool-calls", "stop"]);
    expect(steps[0]!.toolResults.map(({ output }) => (output as { degrees: number }).degrees)).toEqual([-4, 25]);
    const sent = (mock.getRequests().at(-1)!.body as { messages: { role: string; content: string }[] }).messages;
    expect(sent.filter(({ role }) => role === "tool").map(({ content }) => JSON.parse(content).degrees)).toEqual([
      -4, 25,
    ]);
  });

  it("streams tools over several steps, to a user interface", async () => {
    const result = streamText({
      model: model(),
      prompt: "How is the weather?",
      tools: { weather },
      stopWhen: isStepCount(3),
      ...once,
    });
    const response = result.toUIMessageStreamResponse();
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const lines = (await response.text()).split("\n\n").filter((line) => line.startsWith("data: {"));
    const chunks = lines.map((line) => JSON.parse(line.slice(6)) as UIMessageChunk);
    let message: UIMessage | undefined;
    const stream = new ReadableStream<UIMessageChunk>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    for await (const state of readUIMessageStream({ stream })) message = state;
    expect(message!.parts.map(({ type }) => type)).toEqual([
      "step-start",
      "tool-weather",
      "tool-weather",
      "step-start",
      "text",
    ]);
    expect(message!.parts[1]).toMatchObject({ state: "output-available", input: { city: "Oslo" } });
    expect(message!.parts.at(-1)).toMatchObject({ text: "Cold in Oslo, warm in Rome." });
  });

  it("runs an agent", async () => {
    const agent = new ToolLoopAgent({ model: model(), tools: { weather }, ...once });
    const { text, steps } = await agent.generate({ prompt: "How is the weather?" });
    expect([text, steps.length]).toEqual(["Cold in Oslo, warm in Rome.", 2]);
  });

  it("gives structured output", async () => {
    const schema = z.object({ name: z.string(), age: z.number() });
    const { output } = await generateText({
      model: model(),
      prompt: "person",
      output: Output.object({ schema }),
      ...once,
    });
    expect(output).toEqual({ name: "Ann", age: 40 });
    const format = (mock.getRequests().at(-1)!.body as { response_format: { type: string } }).response_format;
    expect(format).toMatchObject({ type: "json_schema", json_schema: { strict: true } });
    const { object } = await generateObject({ model: model(), prompt: "person", schema, ...once });
    expect(object).toEqual({ name: "Ann", age: 40 });
    const { partialOutputStream } = streamText({
      model: model(),
      prompt: "person",
      output: Output.object({ schema }),
      ...once,
    });
    const partial: unknown[] = [];
    for await (const part of partialOutputStream) partial.push(part);
    expect(partial.at(-1)).toEqual({ name: "Ann", age: 40 });
  });

  it("leaves a reply that is no JSON to the AI SDK: its error, its mending", async () => {
    const schema = z.object({ name: z.string() });
    const call = { model: model(), prompt: "prose", schema, ...once };
    const error = await generateObject(call).catch((thrown: unknown) => thrown);
    expect(NoObjectGeneratedError.isInstance(error)).toBe(true);
    expect((error as NoObjectGeneratedError).text).toBe("I would rather not.");
    const mended = await generateObject({ ...call, experimental_repairText: async () => '{"name":"Ann"}' });
    expect(mended.object).toEqual({ name: "Ann" });
    const streamed = streamText({
      model: model(),
      prompt: "prose",
      output: Output.object({ schema }),
      onError() {},
      ...once,
    });
    await expect(streamed.text).resolves.toBe("I would rather not.");
    await expect(streamed.output).rejects.toSatisfy((thrown) => NoObjectGeneratedError.isInstance(thrown));
  });

  it("sends images", async () => {
    const image = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    const { text } = await generateText({
      model: model(),
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is in this picture?" },
            { type: "file", data: image, mediaType: "image/png", providerOptions: { openai: { imageDetail: "low" } } },
          ],
        },
      ],
      ...once,
    });
    expect(text).toBe("A cat.");
    const sent = (mock.getRequests().at(-1)!.body as { messages: { content: object[] }[] }).messages[0]!.content[1];
    expect(sent).toEqual({
      type: "image_url",
      image_url: { url: expect.stringMatching(/^data:image\/png;base64,iVBORw0KGgo=/), detail: "low" },
    });
  });

  it("embeds", async () => {
    const embedding = models.embeddingModel("openai/text-embedding-3-small");
    expect((await embed({ model: embedding, value: "a", ...once })).embedding).toEqual([0.25, -0.5, 1]);
    const many = await embedMany({ model: embedding, values: ["a", "b", "c"], ...once });
    expect(many.embeddings).toHaveLength(3);
  });

  it("passes headers, sampling and the provider's own options on", async () => {
    await generateText({
      model: model(),
      prompt: "hello",
      maxOutputTokens: 7,
      temperature: 0.5,
      seed: 3,
      headers: { "x-team": "a" },
      providerOptions: { openai: { service_tier: "flex" }, llmux: { user: "u1", parallelToolCalls: false } },
      ...once,
    });
    const { body, headers } = mock.getRequests().at(-1)!;
    expect(body).toMatchObject({ temperature: 0.5, seed: 3, service_tier: "flex" });
    expect(JSON.stringify(body)).toContain("u1");
    expect(headers["x-team"]).toBe("a");
  });
});

describe("a failure", () => {
  it("is an APICallError that the AI SDK does not retry", async () => {
    mock.setChaos({ rateLimitRate: 1 });
    const error = await generateText({ model: model(), prompt: "hello" }).catch((thrown: unknown) => thrown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      statusCode: 429,
      isRetryable: false,
      data: { kind: "rate-limit", provider: "openai" },
    });
    expect(isLLMError((error as APICallError).cause, "rate-limit")).toBe(true);
    expect(mock.getRequests()).toHaveLength(1);
  });

  it("is retried by the backend's policy alone", async () => {
    mock.setChaos({ dropRate: 1 });
    const notices: RetryNotice[] = [];
    const llm = withRetry(createLLM({ adapters: [openai({ apiKey: "sk-test", baseURL: `${mock.url}/v1` })] }), {
      retries: 2,
      minWait: 0,
      maxWait: 0,
      onRetry: (notice) => {
        notices.push(notice);
      },
    });
    await expect(generateText({ model: toAISDK(llm)("openai/gpt-4o"), prompt: "hello" })).rejects.toMatchObject({
      statusCode: 500,
    });
    expect([mock.getRequests().length, notices.length]).toEqual([3, 2]);
  });

  it("in mid-stream is told in the stream", async () => {
    const errors: unknown[] = [];
    const result = streamText({
      model: model(),
      prompt: "cut",
      onError: ({ error }) => void errors.push(error),
      ...once,
    });
    await result.consumeStream();
    expect(APICallError.isInstance(errors[0])).toBe(true);
    expect(errors[0]).toMatchObject({ data: { kind: "connection" }, isRetryable: false });
  });

  it("to begin a stream is one of the call", async () => {
    mock.setChaos({ rateLimitRate: 1 });
    await expect(
      model().doStream({ prompt: [{ role: "user", content: [{ type: "text", text: "hello" }] }] }),
    ).rejects.toMatchObject({
      statusCode: 429,
    });
  });
});

describe("an abort", () => {
  it("is the AI SDK's own, and closes the socket", async () => {
    let closed = false;
    const server = createServer((_, response) => {
      response.on("close", () => {
        closed = true;
      });
      response.writeHead(200, { "content-type": "text/event-stream" });
      const chunk = {
        id: "1",
        object: "chat.completion.chunk",
        created: 1,
        model: "m",
        choices: [{ index: 0, delta: { content: "a" } }],
      };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const hanging = toAISDK(createLLM({ adapters: [openai({ apiKey: "sk-test", baseURL })] }))("openai/m");
    const controller = new AbortController();
    const types: string[] = [];
    const result = streamText({ model: hanging, prompt: "Hi", abortSignal: controller.signal, ...once });
    for await (const part of result.fullStream) {
      types.push(part.type);
      if (part.type === "text-delta") controller.abort();
    }
    expect(types.at(-1)).toBe("abort");
    await expect.poll(() => closed).toBe(true);
    const aborted = generateText({ model: hanging, prompt: "Hi", abortSignal: controller.signal, ...once });
    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
    server.closeAllConnections();
    server.close();
  });
});
