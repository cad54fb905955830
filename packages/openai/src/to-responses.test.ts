import { type AssistantMessage, collect, LLMError, type Message, type StreamEvent, type Warning } from "@llmux/core";
import type { AdapterMessage, AdapterRequest, CallContext } from "@llmux/core/adapter";
import { recordings } from "@llmux/test-support";
import fc from "fast-check";
import type { Response, ResponseOutputItem } from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import { fromResponses } from "./from-responses.js";
import { ResponsesDecoder } from "./responses-stream.js";
import { toResponses } from "./to-responses.js";

interface Heard extends CallContext {
  warnings: Warning[];
  dropped: string[];
}

/** A context that drops what is unsupported and remembers it, or throws as core does. */
function context(drop = false): Heard {
  const warnings: Warning[] = [];
  const dropped: string[] = [];
  return {
    signal: new AbortController().signal,
    abortable: true,
    warnings,
    dropped,
    warn: (warning) => void warnings.push(warning),
    unsupported(parameter) {
      if (!drop) throw new LLMError({ kind: "unsupported", parameter, message: parameter });
      dropped.push(parameter);
    },
  };
}

const host = { provider: "openai" };

const hello: AdapterMessage = { role: "user", content: [{ type: "text", text: "Hello" }] };

function body(request: Partial<AdapterRequest>, heard: CallContext = context()): ReturnType<typeof toResponses> {
  return toResponses({ model: "gpt-5", messages: [hello], ...request }, heard, host);
}

function input(...messages: Message[]): unknown {
  return body({ messages: messages as AdapterMessage[] }).input;
}

describe("toResponses", () => {
  it("says no more than it was told", () => {
    expect(body({})).toEqual({ model: "gpt-5", input: [{ role: "user", content: "Hello" }] });
  });

  it("maps the parameters", () => {
    expect(
      body({
        maxTokens: 100,
        temperature: 0.5,
        topP: 0.9,
        cacheKey: "k",
        user: "u",
        parallelToolCalls: false,
        reasoning: { effort: "high" },
        output: { name: "out", schema: { type: "object" }, strict: true, description: "d" },
      }),
    ).toMatchObject({
      max_output_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      prompt_cache_key: "k",
      safety_identifier: "u",
      parallel_tool_calls: false,
      reasoning: { effort: "high" },
      text: {
        format: { type: "json_schema", name: "out", schema: { type: "object" }, strict: true, description: "d" },
      },
    });
    expect(body({ output: { name: "output", strict: false } }).text).toEqual({ format: { type: "json_object" } });
  });

  it("lets provider options win, and joins what can be joined", () => {
    const openai = {
      api: "responses" as const,
      store: false,
      previous_response_id: "resp_0",
      truncation: "auto" as const,
      temperature: 1,
      reasoning: { summary: "auto" as const },
      text: { verbosity: "low" as const },
    };
    const request = {
      temperature: 0,
      reasoning: { effort: "low" as const },
      output: { name: "output", strict: false },
    };
    const sent = body({ ...request, providerOptions: { openai, anthropic: { top_k: 1 } } });
    expect(sent).toEqual({
      model: "gpt-5",
      input: [{ role: "user", content: "Hello" }],
      store: false,
      include: ["reasoning.encrypted_content"],
      previous_response_id: "resp_0",
      truncation: "auto",
      temperature: 1,
      reasoning: { effort: "low", summary: "auto" },
      text: { format: { type: "json_object" }, verbosity: "low" },
    });
  });

  it("names the end user as the host does", () => {
    expect(toResponses({ model: "m", messages: [hello], user: "u" }, context(), { ...host, user: "user" })).toEqual({
      model: "m",
      input: [{ role: "user", content: "Hello" }],
      user: "u",
    });
  });

  it("asks for encrypted reasoning where nothing is stored and the model reasons", () => {
    const include = (model: string, options: object = {}): unknown =>
      body({ model, providerOptions: { openai: { store: false, ...options } } }).include;
    for (const model of ["o3", "gpt-5", "gpt-5.1-codex", "my-deployment"]) {
      expect(include(model)).toEqual(["reasoning.encrypted_content"]);
    }
    for (const model of [
      "gpt-4o",
      "gpt-4.1-mini",
      "ft:gpt-4o:acme::1",
      "openai/gpt-4o",
      "chatgpt-4o-latest",
      "gpt-5.2-chat-latest",
    ]) {
      expect(include(model)).toBeUndefined();
    }
    expect(include("o3", { include: [] })).toEqual([]);
    expect(body({ model: "o3" }).include).toBeUndefined();
  });

  it.each(["topK", "frequencyPenalty", "presencePenalty", "seed"] as const)("can't do %s, and says so", (parameter) => {
    expect(() => body({ [parameter]: 1 })).toThrow(expect.objectContaining({ kind: "unsupported", parameter }));
    const heard = context(true);
    expect(body({ [parameter]: 1 }, heard)).toEqual(body({}));
    expect(heard.dropped).toEqual([parameter]);
  });

  it("can't do stop sequences, a thinking budget, names, audio, or pictures from the assistant, and says so", () => {
    const heard = context(true);
    const data = "aGk=";
    body(
      {
        stopSequences: ["x"],
        reasoning: { budgetTokens: 5 },
        messages: [
          { role: "user", name: "Ann", content: [{ type: "audio", data, mediaType: "audio/wav" }] },
          { role: "assistant", content: [{ type: "image", data, mediaType: "image/png" }] },
          { role: "assistant", content: [{ type: "file", data, mediaType: "text/plain" }] },
        ],
      },
      heard,
    );
    expect(heard.dropped).toEqual([
      "stopSequences",
      "reasoning.budgetTokens",
      "messages.name",
      "messages.content",
      "messages.content",
      "messages.content",
    ]);
  });

  describe("messages", () => {
    it("keep their roles and their order", () => {
      expect(
        input(
          { role: "system", content: [{ type: "text", text: "Be kind." }] },
          { role: "user", content: [{ type: "text", text: "Hi" }] },
          { role: "assistant", content: [{ type: "text", text: "Hello!" }] },
          { role: "user", content: [] },
          { role: "system", content: [{ type: "text", text: "Now be brief." }] },
        ),
      ).toEqual([
        { role: "system", content: "Be kind." },
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello!" },
        { role: "system", content: "Now be brief." },
      ]);
    });

    it("carry pictures and files in every form", () => {
      expect(
        input({
          role: "user",
          content: [
            {
              type: "text",
              text: "Look",
              providerOptions: { openai: { prompt_cache_breakpoint: { mode: "explicit" } } },
            },
            { type: "image", data: "https://a.test/a.png", detail: "low" },
            { type: "image", data: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) },
            { type: "image", data: { fileId: "file_1" }, providerOptions: { openai: { detail: "original" } } },
            { type: "file", data: "JVBERi0=" },
            { type: "file", data: "https://a.test/a.pdf" },
            { type: "file", data: { fileId: "file_2" } },
            { type: "file", data: "aGk=", mediaType: "text/plain", filename: "a.txt" },
            { type: "provider", provider: "openai", value: { type: "input_file", file_id: "file_3" } },
          ],
        }),
      ).toEqual([
        {
          role: "user",
          content: [
            { type: "input_text", text: "Look", prompt_cache_breakpoint: { mode: "explicit" } },
            { type: "input_image", detail: "low", image_url: "https://a.test/a.png" },
            { type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBORw0KGgo=" },
            { type: "input_image", detail: "original", file_id: "file_1" },
            { type: "input_file", filename: "file.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
            { type: "input_file", file_url: "https://a.test/a.pdf" },
            { type: "input_file", file_id: "file_2" },
            { type: "input_file", filename: "a.txt", file_data: "data:text/plain;base64,aGk=" },
            { type: "input_file", file_id: "file_3" },
          ],
        },
      ]);
    });

    it("let the application answer with items of the provider's own", () => {
      const approval = { type: "mcp_approval_response", approval_request_id: "mcpr_1", approve: true };
      expect(
        input({
          role: "user",
          content: [
            { type: "text", text: "Yes" },
            { type: "provider", provider: "openai", value: approval },
            { type: "text", text: "Go on" },
          ],
        }),
      ).toEqual([{ role: "user", content: "Yes" }, approval, { role: "user", content: "Go on" }]);
    });

    it("warn of what only another provider understands, and leave it out", () => {
      const heard = context();
      const messages: AdapterMessage[] = [
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "Hm", signature: "s" },
            { type: "reasoning", text: "Hm", signature: "t" },
            { type: "provider", provider: "anthropic", value: { type: "server_tool_use" } },
            { type: "text", text: "Hi" },
          ],
        },
      ];
      expect(body({ messages }, heard).input).toEqual([{ role: "assistant", content: "Hi" }]);
      expect(heard.warnings.map(({ message }) => message)).toEqual([
        "The history holds reasoning of another provider; it was left out",
        "The history holds a part that only anthropic understands; it was left out",
      ]);
    });

    it("take over the tool calls of a conversation begun with Chat Completions", () => {
      const chat = { openai: { type: "custom", extra_content: {} } };
      expect(
        input({
          role: "assistant",
          content: [
            {
              type: "tool-call",
              id: "call_1",
              name: "sql",
              input: undefined,
              inputText: "SELECT 1",
              providerMetadata: chat,
            },
            {
              type: "tool-call",
              id: "call_2",
              name: "f",
              input: {},
              providerMetadata: { openai: { extra_content: {} } },
            },
          ],
        }),
      ).toEqual([
        { type: "custom_tool_call", call_id: "call_1", name: "sql", input: "SELECT 1" },
        { type: "function_call", call_id: "call_2", name: "f", arguments: "{}" },
      ]);
    });

    it("answer tool calls with text or parts, and custom ones in their own way", () => {
      const calls: AssistantMessage = {
        role: "assistant",
        content: [
          { type: "tool-call", id: "call_1", name: "weather", input: { city: "Rome" } },
          {
            type: "tool-call",
            id: "call_2",
            name: "sql",
            input: undefined,
            inputText: "SELECT 1",
            providerMetadata: { openai: { id: "ct_2", type: "custom_tool_call" } },
          },
        ],
      };
      const results: Message = {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "call_1",
            output: [
              { type: "text", text: "Sunny" },
              { type: "image", data: "https://a.test/a.png" },
            ],
          },
          { type: "tool-result", toolCallId: "call_2", output: "no such table", isError: true },
        ],
      };
      expect(input(calls, results)).toEqual([
        { type: "function_call", call_id: "call_1", name: "weather", arguments: '{"city":"Rome"}' },
        { type: "custom_tool_call", id: "ct_2", call_id: "call_2", name: "sql", input: "SELECT 1" },
        {
          type: "function_call_output",
          call_id: "call_1",
          output: [
            { type: "input_text", text: "Sunny" },
            { type: "input_image", detail: "auto", image_url: "https://a.test/a.png" },
          ],
        },
        { type: "custom_tool_call_output", call_id: "call_2", output: "no such table" },
      ]);
    });
  });

  describe("tools", () => {
    const inputSchema = { type: "object", properties: {} } as const;
    const search = { type: "provider", provider: "openai", value: { type: "web_search" } } as const;
    const sql = { type: "provider", provider: "openai", value: { type: "custom", name: "sql" } } as const;
    const mcp = {
      type: "provider",
      provider: "openai",
      value: { type: "mcp", server_label: "docs", server_url: "https://a.test" },
    } as const;

    it("are functions, held to their schema only where asked, or the provider's own", () => {
      const weather = { type: "function", name: "weather", description: "d", inputSchema } as const;
      const deferred = { ...weather, strict: true, providerOptions: { openai: { defer_loading: true } } };
      expect(body({ tools: [weather, deferred, search] }).tools).toEqual([
        { type: "function", name: "weather", description: "d", parameters: inputSchema, strict: false },
        {
          type: "function",
          name: "weather",
          description: "d",
          parameters: inputSchema,
          strict: true,
          defer_loading: true,
        },
        { type: "web_search" },
      ]);
      const foreign = { ...search, provider: "anthropic" };
      expect(() => body({ tools: [foreign] })).toThrow(
        expect.objectContaining({ kind: "unsupported", parameter: "tools" }),
      );
    });

    it("are chosen by name", () => {
      const choose = (toolChoice: AdapterRequest["toolChoice"]): unknown =>
        body({ tools: [search, sql, mcp], toolChoice }).tool_choice;
      expect(choose("required")).toBe("required");
      expect(choose({ tool: "weather" })).toEqual({ type: "function", name: "weather" });
      expect(choose({ tool: "web_search" })).toEqual({ type: "web_search" });
      expect(choose({ tool: "sql" })).toEqual({ type: "custom", name: "sql" });
      expect(choose({ tool: "docs" })).toEqual({ type: "mcp", server_label: "docs" });
    });

    it("that are custom get their results as such, even where the call is stored by the provider", () => {
      const result: AdapterMessage = {
        role: "tool",
        content: [{ type: "tool-result", toolCallId: "call_1", toolName: "sql", output: "1" }],
      };
      expect(body({ tools: [sql], messages: [result] }).input).toEqual([
        { type: "custom_tool_call_output", call_id: "call_1", output: "1" },
      ]);
    });
  });
});

describe("what came back, sent as history", () => {
  const response = (output: readonly unknown[]): Response =>
    ({ id: "resp_1", model: "m", created_at: 1, status: "completed", error: null, output }) as unknown as Response;

  function sentBack(output: readonly unknown[]): unknown {
    const { content } = fromResponses(response(output), host);
    const heard = context();
    const { input: items } = body({ messages: [{ role: "assistant", content }] }, heard);
    expect(heard.warnings).toEqual([]);
    return items;
  }

  async function streamedBack(output: readonly unknown[]): Promise<unknown> {
    const decoder = new ResponsesDecoder(host);
    for (const [output_index, item] of output.entries()) {
      decoder.push(JSON.stringify({ type: "response.output_item.done", output_index, item }));
    }
    decoder.push(JSON.stringify({ type: "response.completed", response: response(output) }));
    async function* events(): AsyncGenerator<StreamEvent> {
      yield* decoder.take() as StreamEvent[];
    }
    const { content } = await collect(events());
    return body({ messages: [{ role: "assistant", content }] }).input;
  }

  /** A message without what only the answer has: log probabilities. A refusal knows nothing of its item but that it refuses. */
  function asInput(item: ResponseOutputItem): unknown {
    if (item.type !== "message") return item;
    const said = item.content.map(({ ...content }) => {
      if (content.type === "output_text") delete content.logprobs;
      return content.type === "output_text" ? { ...content, annotations: content.annotations ?? [] } : content;
    });
    if (said.some(({ type }) => type === "refusal")) return { type: "message", role: "assistant", content: said };
    return { ...item, content: said };
  }

  const outputs = ["openai", "azure", "openrouter", "xai", "deepseek", "bedrock-mantle", "openai-compatible"]
    .flatMap((provider) => recordings(provider, "responses"))
    .filter(({ response: { body: recorded } }) => Array.isArray((recorded as Response | undefined)?.output))
    .map(({ id, response: { body: recorded } }) => ({ id, output: (recorded as Response).output }));

  it.each(outputs)("$id becomes the same items", async ({ output }) => {
    expect(sentBack(output)).toEqual(output.map(asInput));
    expect(await streamedBack(output)).toEqual(output.map(asInput));
  });

  const id = (prefix: string): fc.Arbitrary<string> =>
    fc.stringMatching(/^[a-f0-9]{8}$/).map((hex) => `${prefix}_${hex}`);
  const status = fc.constantFrom("completed", "incomplete");
  const args = fc.oneof(
    fc.json(),
    fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
    fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value, null, 1)),
    fc.string(),
    fc.constantFrom("", " ", "{}", '{"a": 1}', '{"a":', "1e3", '{"a":1,"a":2}'),
  );
  const item = fc.oneof(
    fc.record(
      {
        type: fc.constant("reasoning"),
        id: id("rs"),
        summary: fc.array(fc.record({ type: fc.constant("summary_text"), text: fc.string() }), { maxLength: 3 }),
        content: fc.array(fc.record({ type: fc.constant("reasoning_text"), text: fc.string() }), { maxLength: 2 }),
        encrypted_content: fc.oneof(fc.string(), fc.constant(null)),
        status,
      },
      { requiredKeys: ["type", "id", "summary"] },
    ),
    fc.record(
      {
        type: fc.constant("function_call"),
        id: id("fc"),
        call_id: id("call"),
        name: fc.stringMatching(/^\w{1,8}$/),
        arguments: args,
        status,
        namespace: fc.string(),
        caller: fc.record({ type: fc.constant("program"), caller_id: id("call") }),
      },
      { requiredKeys: ["type", "call_id", "name", "arguments"] },
    ),
    fc.record(
      {
        type: fc.constant("custom_tool_call"),
        id: id("ct"),
        call_id: id("call"),
        name: fc.stringMatching(/^\w{1,8}$/),
        input: args,
      },
      { requiredKeys: ["type", "call_id", "name", "input"] },
    ),
    fc.record({
      type: fc.constantFrom(
        "web_search_call",
        "file_search_call",
        "mcp_call",
        "compaction",
        "computer_call",
        "never_heard_of",
      ),
      id: id("x"),
      anything: fc.jsonValue(),
    }),
    fc.record({
      type: fc.constant("image_generation_call"),
      id: id("ig"),
      status,
      result: fc.constantFrom("aGk=", null),
    }),
    fc.record(
      {
        type: fc.constant("message"),
        id: id("msg"),
        role: fc.constant("assistant"),
        status,
        phase: fc.constantFrom("commentary", "final_answer", null),
        content: fc.array(
          fc.record({
            type: fc.constant("output_text"),
            text: fc.string(),
            annotations: fc.array(
              fc.record({
                type: fc.constant("url_citation"),
                url: fc.webUrl(),
                start_index: fc.nat(9),
                end_index: fc.nat(9),
              }),
            ),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      },
      { requiredKeys: ["type", "id", "role", "status", "content"] },
    ),
  );

  it("is the very same items, whatever the items are", async () => {
    const output = fc.uniqueArray(item, {
      maxLength: 6,
      selector: (one) => (one as { id?: string; call_id?: string }).id ?? (one as { call_id?: string }).call_id,
    });
    await fc.assert(
      fc.asyncProperty(output, async (items) => {
        // As it comes off the wire: `-0` and the like do not.
        const wire = JSON.parse(JSON.stringify(items)) as unknown[];
        expect(sentBack(wire)).toEqual(wire);
        expect(await streamedBack(wire)).toEqual(wire);
      }),
      { numRuns: 300 },
    );
  });

  it("says what the application changed of a call, rather than what the model wrote", () => {
    const { content } = fromResponses(
      response([{ type: "function_call", call_id: "call_1", name: "f", arguments: '{"a": 1}' }]),
      host,
    );
    const changed = content.map((part) => (part.type === "tool-call" ? { ...part, input: { a: 2 } } : part));
    expect(body({ messages: [{ role: "assistant", content: changed }] }).input).toEqual([
      { type: "function_call", call_id: "call_1", name: "f", arguments: '{"a":2}' },
    ]);
  });
});
