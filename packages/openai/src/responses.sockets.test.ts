import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLMBackend, type Message, type StreamEvent } from "@llmux/core";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openai } from "./index.js";

const all = ["openai", "azure", "openrouter"].flatMap((provider) => recordings(provider, "responses"));
const known = all.filter(({ expected }) => expected !== undefined && expected.kind !== "skip");
const model = "openai/gpt-5";

function connect(baseURL: string): LLMBackend {
  return createLLM({ adapters: [openai({ apiKey: "sk-test", baseURL, api: "responses" })] });
}

describe("recordings through the SDK over real sockets", () => {
  let server: ReplayServer;
  let backend: LLMBackend;
  beforeAll(async () => {
    server = await ReplayServer.start();
    backend = connect(`${server.url}/v1`);
  });
  afterAll(() => server.stop());

  const request = { model, messages: [{ role: "user", content: "Hi" }] as Message[] };
  const run = (recording: Recording): ReturnType<typeof outcomeOf> =>
    outcomeOf(recording.wire === "sse" ? backend.stream(request) : backend.generate(request));

  it.each(known)("$id gives what is expected of it", async (recording) => {
    server.serve(recording);
    expect(mismatches(await run(recording), recording.expected!)).toEqual([]);
    expect(server.requests.at(-1)?.path).toBe("/v1/responses");
  });

  it.each(known.filter(({ wire }) => wire === "sse"))(
    "$id gives the same however it is cut",
    { timeout: 30_000 },
    async (recording) => {
      server.serve(recording);
      const whole = await run(recording);
      for (const seed of [11, 12]) {
        server.serve(recording, { seed });
        const again = await run(recording);
        if (whole.kind === "result")
          expect(again).toEqual({ ...whole, result: { ...whole.result, response: expect.anything() } });
        else expect(again).toMatchObject({ kind: "error", error: { kind: whole.error.kind } });
      }
    },
  );

  it("sends back what came as it came", async () => {
    for (const id of ["openai__reasoning_tools-stream__02", "azure__reasoning_tools__03"]) {
      const recording = known.find((one) => one.id === id);
      if (!recording) continue;
      server.serve(recording);
      expect(itemsOf(recording).length).toBeGreaterThan(1);
      const { message, toolCalls } =
        recording.wire === "sse" ? await collect(backend.stream(request)) : await backend.generate(request);
      const results = toolCalls.map(
        (call) => ({ type: "tool-result", toolCallId: call.id, output: { ok: true } }) as const,
      );
      server.serve(recording);
      const messages: Message[] = [...request.messages, message, { role: "tool", content: results }];
      const options = { model, messages, providerOptions: { openai: { store: false } } };
      await outcomeOf(recording.wire === "sse" ? backend.stream(options) : backend.generate(options));
      expect(server.requests.at(-1)?.body).toEqual({
        model: "gpt-5",
        stream: recording.wire === "sse",
        store: false,
        include: ["reasoning.encrypted_content"],
        input: [
          { role: "user", content: "Hi" },
          ...itemsOf(recording),
          ...toolCalls.map((call) => ({ type: "function_call_output", call_id: call.id, output: '{"ok":true}' })),
        ],
      });
    }
  });

  it("is an error where the connection breaks, or the body ends, before the end marker", async () => {
    const recording = known.find(({ id }) => id === "openai__text-stream__07");
    if (!recording) return;
    for (const options of [{ breakAfter: 2000 }, { endAfter: 2000 }, { endAfter: 0 }]) {
      server.serve(recording, options);
      const outcome = await run(recording);
      expect(outcome).toMatchObject({ kind: "error", error: { kind: "connection", retryable: true } });
    }
  });
});

/** The output items of a recording, as they were when they were done. */
function itemsOf({ response }: Recording): unknown[] {
  if (!response.chunks) return (response.body as { output: unknown[] }).output;
  return response.chunks.flatMap((chunk) => {
    const data = /^data: ?(.*"type":"response.output_item.done".*)$/m.exec(chunk)?.[1];
    return data ? [(JSON.parse(data) as { item: unknown }).item] : [];
  });
}

describe("whole conversations with an offline provider", () => {
  const mock = new LLMock({ port: 0, chunkSize: 4 });
  let backend: LLMBackend;
  beforeAll(async () => {
    mock.on(
      { userMessage: "weather", hasToolResult: false },
      {
        reasoning: "I need the weather in two places.",
        toolCalls: [
          { id: "call_oslo", name: "weather", arguments: '{"city": "Oslo"}' },
          { id: "call_rome", name: "weather", arguments: '{"city": "Rome"}' },
        ],
      },
    );
    mock.on({ userMessage: "weather", hasToolResult: true }, { content: "Cold in Oslo, warm in Rome. ☀️" });
    mock.onMessage("news", { content: "Nothing new.", webSearches: ["news today"] });
    mock.onMessage("cut", { content: "This will never be heard to its very end." }, { truncateAfterChunks: 6 });
    await mock.start();
    backend = connect(`${mock.url}/v1`);
  });
  afterAll(() => mock.stop());

  const tools = [{ name: "weather", inputSchema: { type: "object", properties: { city: { type: "string" } } } }];
  const providerOptions = { openai: { store: false } };

  it.each(["generate", "stream"] as const)("runs tools and sends the reasoning back (%s)", async (way) => {
    const ask = (messages: Message[]): Promise<Awaited<ReturnType<typeof collect>>> => {
      const request = { model, messages, tools, providerOptions };
      return way === "generate" ? backend.generate(request) : collect(backend.stream(request));
    };
    const messages: Message[] = [{ role: "user", content: "How is the weather?" }];
    const asked = await ask(messages);
    expect(asked.finishReason).toEqual({ unified: "tool-calls", raw: "completed" });
    expect(asked.reasoning).toBe("I need the weather in two places.");
    expect(asked.toolCalls.map(({ id, name, input }) => [id, name, input])).toEqual([
      ["call_oslo", "weather", { city: "Oslo" }],
      ["call_rome", "weather", { city: "Rome" }],
    ]);
    const reasoning = asked.content.find((part) => part.type === "reasoning");
    expect(reasoning?.redacted).toEqual(expect.any(String));

    messages.push(asked.message, {
      role: "tool",
      content: asked.toolCalls.map(({ id }) => ({ type: "tool-result", toolCallId: id, output: { degrees: 3 } })),
    });
    const answered = await ask(messages);
    expect(answered.text).toBe("Cold in Oslo, warm in Rome. ☀️");
    expect(answered.finishReason).toEqual({ unified: "stop", raw: "completed" });
    expect(answered.warnings).toEqual([]);
  });

  it("keeps the provider's own tool calls", async () => {
    const search = { type: "provider", provider: "openai", value: { type: "web_search" } } as const;
    const request = { model, messages: [{ role: "user", content: "news" }] as Message[], tools: [search] };
    const result = await backend.generate(request);
    expect(result.text).toBe("Nothing new.");
    expect(result.content.map(({ type }) => type)).toContain("provider");
    const streamed = await collect(backend.stream(request));
    expect(streamed.content.map(({ type }) => type)).toEqual(result.content.map(({ type }) => type));
  });

  it("is an error where the provider hangs up", async () => {
    const events: StreamEvent[] = [];
    const listen = async (): Promise<void> => {
      for await (const event of backend.stream({ model, messages: [{ role: "user", content: "cut" }] }))
        events.push(event);
    };
    await expect(listen()).rejects.toMatchObject({ kind: "connection", retryable: true });
    expect(events.some(({ type }) => type === "finish")).toBe(false);
  });

  it("tells the provider's errors", async () => {
    mock.nextRequestError(429, { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" });
    await expect(backend.generate({ model, messages: [{ role: "user", content: "news" }] })).rejects.toMatchObject({
      kind: "rate-limit",
      status: 429,
      retryable: true,
    });
    mock.nextRequestError(500, { message: "Boom", type: "server_error" });
    await expect(
      collect(backend.stream({ model, messages: [{ role: "user", content: "news" }] })),
    ).rejects.toMatchObject({
      kind: "server",
      status: 500,
    });
  });
});
