import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";
import { AIMessage, type AIMessageChunk, HumanMessage, type ToolMessage } from "@langchain/core/messages";
import { OutputParserException, StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate, MessagesPlaceholder } from "@langchain/core/prompts";
import { tool } from "@langchain/core/tools";
import { createLLM, type LLM, type RetryNotice, withRetry } from "@llmux/core";
import { openai } from "@llmux/openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ChatLLMux, LLMuxEmbeddings } from "./index.js";

const mock = new LLMock({ chunkSize: 5 });
let llm: LLM;

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
  llm = createLLM({ adapters: [openai({ apiKey: "sk-test-0123456789", baseURL: `${mock.url}/v1` })] });
});
afterAll(() => mock.stop());
afterEach(() => {
  mock.clearChaos();
  mock.clearRequests();
});

const chat = (more: object = {}): ChatLLMux => new ChatLLMux({ llm, model: "openai/gpt-4o", ...more });
const lastBody = (): any => mock.getRequests().at(-1)!.body;
const weather = tool(async ({ city }) => (city === "Oslo" ? "-4" : "25"), {
  name: "weather",
  description: "The weather of a city",
  schema: z.object({ city: z.string() }),
});
const person = z.object({ name: z.string(), age: z.number() });

describe("over @llmux/openai, with the real LangChain", () => {
  it("answers", async () => {
    const message = await chat().invoke("hello");
    expect(AIMessage.isInstance(message)).toBe(true);
    expect(message.content).toBe("Hello to you, and a good morning as well.");
    expect(message.text).toBe(message.content);
    expect(message.usage_metadata!.total_tokens).toBe(
      message.usage_metadata!.input_tokens + message.usage_metadata!.output_tokens,
    );
    expect(message.response_metadata).toMatchObject({
      provider: "openai",
      finish_reason: "stop",
      raw_finish_reason: "stop",
    });
    expect(message.id).toMatch(/^chatcmpl/);
    expect(message.contentBlocks).toEqual([{ type: "text", text: message.content }]);
  });

  it("streams, and the chunks add up to the answer", async () => {
    const whole = await chat().invoke("hello");
    let sum: AIMessageChunk | undefined;
    const texts: string[] = [];
    for await (const chunk of await chat().stream("hello")) {
      if (chunk.text) texts.push(chunk.text);
      sum = sum ? sum.concat(chunk) : chunk;
    }
    expect(texts.length).toBeGreaterThan(2);
    expect(sum!.content).toBe(whole.content);
    expect(sum!.usage_metadata).toMatchObject(whole.usage_metadata!);
    const facts = ["provider", "model_name", "finish_reason", "raw_finish_reason"];
    for (const fact of facts) expect(sum!.response_metadata[fact], fact).toBe(whole.response_metadata[fact]);
    expect(sum!.id).toMatch(/^chatcmpl/);
  });

  it("goes through prompts and pipes, alone and in a batch", async () => {
    const prompt = ChatPromptTemplate.fromMessages([
      ["system", "Be {mood}."],
      new MessagesPlaceholder("history"),
      ["human", "{question}"],
    ]);
    const chain = prompt.pipe(chat()).pipe(new StringOutputParser());
    const input = { mood: "kind", history: [new HumanMessage("Hi"), new AIMessage("Hi!")], question: "hello" };
    expect(await chain.invoke(input)).toBe("Hello to you, and a good morning as well.");
    expect(lastBody().messages).toEqual([
      { role: "system", content: "Be kind." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hi!" },
      { role: "user", content: "hello" },
    ]);
    const pieces: string[] = [];
    for await (const piece of await chain.stream(input)) pieces.push(piece);
    expect(pieces.join("")).toBe("Hello to you, and a good morning as well.");
    expect(pieces.length).toBeGreaterThan(2);
    expect(await chain.batch([input, input])).toHaveLength(2);
  });

  it.each(["invoked", "streamed"])("calls tools in a loop, %s", async (how) => {
    const model = chat().bindTools([weather]);
    const messages: (HumanMessage | AIMessage | ToolMessage)[] = [new HumanMessage("How is the weather?")];
    const ask = async (): Promise<AIMessage> => {
      if (how === "invoked") return model.invoke(messages);
      let sum: AIMessageChunk | undefined;
      for await (const chunk of await model.stream(messages)) sum = sum ? sum.concat(chunk) : chunk;
      return sum!;
    };
    const asked = await ask();
    expect(asked.tool_calls).toMatchObject([
      { type: "tool_call", name: "weather", args: { city: "Oslo" }, id: expect.any(String) },
      { type: "tool_call", name: "weather", args: { city: "Rome" } },
    ]);
    expect(asked.response_metadata.finish_reason).toBe("tool-calls");
    messages.push(asked);
    for (const call of asked.tool_calls!) messages.push(await weather.invoke(call as never));
    const answer = await ask();
    expect(answer.text).toBe("Cold in Oslo, warm in Rome.");
    expect(lastBody().messages.slice(1)).toMatchObject([
      { role: "assistant", tool_calls: [{ function: { name: "weather", arguments: '{"city":"Oslo"}' } }, {}] },
      { role: "tool", content: "-4", tool_call_id: asked.tool_calls![0]!.id },
      { role: "tool", content: "25", tool_call_id: asked.tool_calls![1]!.id },
    ]);
    expect(lastBody().tools[0].function.parameters).toMatchObject({ properties: { city: { type: "string" } } });
  });

  it("gives structured output, typed by its schema", async () => {
    const value = await chat().withStructuredOutput(person, { name: "person" }).invoke("person");
    const { name, age }: { name: string; age: number } = value;
    expect([name, age]).toEqual(["Ann", 40]);
    expect(lastBody().response_format).toMatchObject({
      type: "json_schema",
      json_schema: { name: "person", strict: true },
    });
    const json = { title: "person", type: "object", properties: { name: { type: "string" } } };
    expect(await chat().withStructuredOutput(json).invoke("person")).toEqual({ name: "Ann", age: 40 });
    const { raw, parsed } = await chat().withStructuredOutput(person, { includeRaw: true }).invoke("person");
    expect([raw.text, parsed.name]).toEqual(['{"name":"Ann","age":40}', "Ann"]);
    expect(await chat().withStructuredOutput(person, { method: "jsonMode" }).invoke("person")).toEqual({
      name: "Ann",
      age: 40,
    });
    expect(lastBody().response_format).toEqual({ type: "json_object" });
    const city = z.object({ city: z.string() });
    const called = chat().withStructuredOutput(city, { method: "functionCalling", name: "weather" });
    expect(await called.invoke("How is the weather?")).toEqual({ city: "Oslo" });
    expect(lastBody().tool_choice).toEqual({ type: "function", function: { name: "weather" } });
    const pieces: unknown[] = [];
    for await (const piece of await chat().withStructuredOutput(person).stream("person")) pieces.push(piece);
    expect(pieces).toEqual([{ name: "Ann", age: 40 }]);
  });

  it.each(["prose", "person"])("says so where structured output does not fit: %s", async (question) => {
    const strict = z.object({ name: z.string(), born: z.number() });
    const call = chat().withStructuredOutput(strict).invoke(question);
    await expect(call).rejects.toBeInstanceOf(OutputParserException);
    const { raw, parsed } = await chat().withStructuredOutput(strict, { includeRaw: true }).invoke(question);
    expect(parsed).toBeNull();
    expect(raw.text).not.toBe("");
    await expect(
      (async () => {
        for await (const _ of await chat().withStructuredOutput(strict).stream(question));
      })(),
    ).rejects.toBeInstanceOf(OutputParserException);
  });

  it("sends images", async () => {
    const message = new HumanMessage({
      content: [
        { type: "text", text: "What is in this picture?" },
        { type: "image_url", image_url: { url: "https://x.test/a.png", detail: "low" } },
        { type: "image", mimeType: "image/png", data: "iVBORw0KGgo=" },
        { type: "image", source_type: "base64", mime_type: "image/jpeg", data: "/9j/" },
      ],
    });
    expect((await chat().invoke([message])).text).toBe("A cat.");
    expect(lastBody().messages[0].content.slice(1)).toEqual([
      { type: "image_url", image_url: { url: "https://x.test/a.png", detail: "low" } },
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
      { type: "image_url", image_url: { url: "data:image/jpeg;base64,/9j/" } },
    ]);
  });

  it("passes settings, of the model and of the call", async () => {
    const model = chat({
      temperature: 0.5,
      stop: ["A"],
      providerOptions: { openai: { service_tier: "flex" } },
      headers: { "x-team": "a" },
    });
    await model.invoke("hello", {
      seed: 3,
      stop: ["B"],
      tools: [weather],
      tool_choice: "any",
      parallel_tool_calls: false,
    });
    expect(lastBody()).toMatchObject({
      temperature: 0.5,
      seed: 3,
      stop: ["B"],
      service_tier: "flex",
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    expect(mock.getRequests().at(-1)!.headers["x-team"]).toBe("a");
  });

  it("tells each token to its listeners", async () => {
    const tokens: string[] = [];
    const called: unknown[] = [];
    const handleLLMNewToken = (
      token: string,
      _: unknown,
      _run: unknown,
      _parent: unknown,
      _tags: unknown,
      fields: any,
    ): void => {
      tokens.push(token);
      called.push(...(fields.chunk.message.tool_call_chunks ?? []));
    };
    const ends: string[] = [];
    const callbacks = [
      { handleLLMNewToken, handleLLMEnd: (output: any) => void ends.push(output.generations[0][0].text) },
    ];
    for await (const _ of await chat().stream("hello", { callbacks }));
    expect(tokens.join("")).toBe("Hello to you, and a good morning as well.");
    expect(ends).toEqual([tokens.join("")]);
    for await (const _ of await chat().bindTools([weather]).stream("How is the weather?", { callbacks }));
    expect(called).toContainEqual(expect.objectContaining({ name: "weather", index: 0 }));
    const types: string[] = [];
    for await (const { event } of chat().streamEvents("hello", { version: "v2" })) types.push(event);
    expect(types[0]).toBe("on_chat_model_start");
    expect(types.filter((type) => type === "on_chat_model_stream").length).toBeGreaterThan(2);
    expect(types.at(-1)).toBe("on_chat_model_end");
    const events = chat().streamEvents("hello");
    let text = "";
    for await (const piece of events.text) text += piece;
    expect(text).toBe("Hello to you, and a good morning as well.");
  });

  it("embeds", async () => {
    const embeddings = new LLMuxEmbeddings({ llm, model: "openai/text-embedding-3-small" });
    expect(await embeddings.embedQuery("a")).toEqual([0.25, -0.5, 1]);
    expect(await embeddings.embedDocuments(["a", "b"])).toHaveLength(2);
    expect(lastBody().embeddingInput).toBe("a b");
  });

  it("keeps answers in LangChain's cache, by all that decides them", async () => {
    const model = chat({ cache: true, temperature: 0.1, headers: { authorization: "secret" } });
    await model.invoke("hello");
    await model.invoke("hello");
    expect(mock.getRequests()).toHaveLength(1);
    await model.invoke("hello", { temperature: 0.2 });
    await chat({ cache: true, temperature: 0.3 }).invoke("hello");
    expect(mock.getRequests()).toHaveLength(3);
    expect(model._getSerializedCacheKeyParametersForCall({} as never)).not.toContain("secret");
  });

  it("is never written down", () => {
    expect(JSON.parse(JSON.stringify(chat({ headers: { authorization: "Bearer secret-0123456789" } })))).toEqual({
      lc: 1,
      type: "not_implemented",
      id: ["langchain", "chat_models", "llmux", "ChatLLMux"],
    });
  });
});

describe("a failure", () => {
  it("is not retried by LangChain", async () => {
    mock.setChaos({ rateLimitRate: 1 });
    const error = await chat()
      .invoke("hello")
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "rate-limit", status: 429, lc_error_code: "MODEL_RATE_LIMIT" });
    await expect(new LLMuxEmbeddings({ llm, model: "openai/e" }).embedQuery("a")).rejects.toMatchObject({
      kind: "rate-limit",
    });
    expect(mock.getRequests()).toHaveLength(2);
  });

  it("is retried by the backend's policy alone", async () => {
    mock.setChaos({ dropRate: 1 });
    const notices: RetryNotice[] = [];
    const onRetry = (notice: RetryNotice): void => void notices.push(notice);
    const patient = withRetry(llm, { retries: 2, minWait: 0, maxWait: 0, onRetry });
    await expect(new ChatLLMux({ llm: patient, model: "openai/gpt-4o" }).invoke("hello")).rejects.toMatchObject({
      status: 500,
    });
    expect([mock.getRequests().length, notices.length]).toEqual([3, 2]);
  });

  it("in mid-stream is thrown, and told to the listeners", async () => {
    const errors: unknown[] = [];
    const callbacks = [{ handleLLMError: (error: unknown) => void errors.push(error) }];
    await expect(
      (async () => {
        for await (const _ of await chat().stream("cut", { callbacks }));
      })(),
    ).rejects.toMatchObject({ kind: "connection" });
    expect(errors).toMatchObject([{ kind: "connection" }]);
  });
});

describe("an abort", () => {
  it.each(["signal", "break"])("closes the socket: %s", async (how) => {
    let closed = false;
    const server = createServer((_, response) => {
      response.on("close", () => {
        closed = true;
      });
      response.writeHead(200, { "content-type": "text/event-stream" });
      const choices = [{ index: 0, delta: { content: "a" } }];
      const chunk = `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
      // LangChain leaves a stream when its next chunk comes: a signal is what ends a wait.
      const beat = how === "break" ? setInterval(() => response.write(chunk), 2) : undefined;
      response.on("close", () => clearInterval(beat));
      response.write(chunk);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const hanging = new ChatLLMux({
      llm: createLLM({ adapters: [openai({ apiKey: "sk-test", baseURL })] }),
      model: "openai/m",
    });
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      for await (const chunk of await hanging.stream("Hi", { signal: controller.signal })) {
        if (!chunk.text) continue;
        if (how === "break") break;
        controller.abort();
      }
    };
    if (how === "break") await run();
    else await expect(run()).rejects.toThrow(/abort/i);
    await expect.poll(() => closed).toBe(true);
    server.closeAllConnections();
    server.close();
  });
});
