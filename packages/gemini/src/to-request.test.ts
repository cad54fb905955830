import type { GenerateRequest, Warning } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { gemini, vertexAI } from "./index.js";

const tool = {
  name: "weather",
  description: "Tells it",
  inputSchema: { type: "object", properties: { city: { type: "string" } } },
};

/** What goes over the wire for a request, and the warnings that its result carries. */
async function sent(
  request: Partial<GenerateRequest>,
  provider: "gemini" | "vertex_ai" = "gemini",
): Promise<{ body: any; url: string; warnings: readonly Warning[] }> {
  let body: unknown;
  let url = "";
  const fetch = async (input: any, init?: RequestInit): Promise<Response> => {
    url = String(input);
    body = JSON.parse(init?.body as string);
    return Response.json({ candidates: [{ content: { parts: [{ text: "ok" }] }, finishReason: "STOP" }] });
  };
  const adapter =
    provider === "gemini" ? gemini({ apiKey: "k", fetch }) : vertexAI({ project: "p", accessToken: "t", fetch });
  const { warnings } = await adapter.createBackend().generate({
    model: "gemini-2.5-flash",
    messages: [{ role: "user", content: "Hi" }],
    ...request,
  });
  return { body, url, warnings };
}

const config = async (request: Partial<GenerateRequest>): Promise<any> => (await sent(request)).body.generationConfig;
const PNG = "iVBORw0KGgoAAAANSUhEUg==";

describe("parameters", () => {
  it("are generationConfig's, and nothing else is sent", async () => {
    const { body, url, warnings } = await sent({
      maxTokens: 10,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 7,
      stopSequences: ["END"],
    });
    expect(url).toBe("https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent");
    expect(body).toEqual({
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      generationConfig: {
        maxOutputTokens: 10,
        temperature: 0,
        topP: 0.5,
        topK: 3,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        seed: 7,
        stopSequences: ["END"],
      },
    });
    expect(warnings).toEqual([]);
    expect((await sent({})).body).toEqual({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
  });

  it("ask for JSON, of a shape or of any", async () => {
    expect(await config({ output: "json" }).catch(({ text }) => text)).toBe("ok");
    const shape = { type: "object", properties: { a: { $ref: "#/$defs/b" } } };
    let seen: any;
    const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
      seen = JSON.parse(init?.body as string);
      return Response.json({ candidates: [{ content: { parts: [{ text: '{"a":1}' }] }, finishReason: "STOP" }] });
    };
    const backend = gemini({ apiKey: "k", fetch: fetch as typeof globalThis.fetch }).createBackend();
    const messages = [{ role: "user" as const, content: "Hi" }];
    const { output } = await backend.generate({ model: "gemini-2.5-flash", messages, output: { schema: shape } });
    expect(output).toEqual({ a: 1 });
    expect(seen.generationConfig).toEqual({ responseMimeType: "application/json", responseJsonSchema: shape });
    await backend.generate({ model: "gemini-2.5-flash", messages, output: "json" });
    expect(seen.generationConfig).toEqual({ responseMimeType: "application/json" });
  });
});

describe("thinking", () => {
  const thinking = async (model: string, reasoning: GenerateRequest["reasoning"], maxTokens?: number): Promise<any> =>
    (await config({ model, reasoning, maxTokens }))?.thinkingConfig;

  it.each([
    ["gemini-2.5-flash", { effort: "low" }, { includeThoughts: true, thinkingBudget: 1024 }],
    ["gemini-2.5-flash", { effort: "max" }, { includeThoughts: true, thinkingBudget: 24_576 }],
    ["gemini-2.5-pro", { effort: "max" }, { includeThoughts: true, thinkingBudget: 32_768 }],
    ["gemini-2.5-flash", { effort: "none" }, { thinkingBudget: 0 }],
    ["gemini-2.5-flash", { budgetTokens: 0 }, { thinkingBudget: 0 }],
    ["gemini-2.5-flash-lite", { budgetTokens: 5 }, { includeThoughts: true, thinkingBudget: 512 }],
    ["gemini-2.5-flash", { effort: "high", budgetTokens: 100 }, { includeThoughts: true, thinkingBudget: 100 }],
    ["gemini-3-flash-preview", { effort: "minimal" }, { includeThoughts: true, thinkingLevel: "MINIMAL" }],
    ["gemini-3-flash-preview", { effort: "none" }, { thinkingLevel: "MINIMAL" }],
    ["gemini-3-pro-preview", { effort: "minimal" }, { includeThoughts: true, thinkingLevel: "LOW" }],
    ["gemini-3-pro-preview", { effort: "medium" }, { includeThoughts: true, thinkingLevel: "HIGH" }],
    ["gemini-3.1-pro-preview", { effort: "medium" }, { includeThoughts: true, thinkingLevel: "MEDIUM" }],
    ["gemini-flash-latest", { effort: "xhigh" }, { includeThoughts: true, thinkingLevel: "HIGH" }],
    ["gemini-3-flash-preview", { budgetTokens: 700 }, { includeThoughts: true, thinkingBudget: 700 }],
    ["gemini-2.0-flash", { effort: "none" }, undefined],
  ] as const)("of %s by %o", async (model, reasoning, wanted) => {
    expect(await thinking(model, reasoning)).toEqual(wanted);
  });

  it("leaves room for the reply", async () => {
    expect(await thinking("gemini-2.5-flash", { effort: "high" }, 1000)).toMatchObject({ thinkingBudget: 800 });
  });

  it("says what it changed", async () => {
    const { warnings } = await sent({ reasoning: { effort: "high" } });
    expect(warnings).toEqual([
      { type: "changed", parameter: "reasoning.effort", message: expect.stringContaining("24576") },
    ]);
  });

  it.each([
    ["gemini-2.5-pro", { effort: "none" }],
    ["gemini-3-pro-preview", { effort: "none" }],
    ["gemini-2.0-flash", { effort: "low" }],
    ["gemini-2.5-flash-image", { budgetTokens: 9 }],
  ] as const)("is refused by %s for %o", async (model, reasoning) => {
    await expect(sent({ model, reasoning })).rejects.toMatchObject({ kind: "unsupported", parameter: "reasoning" });
    const { body, warnings } = await sent({ model, reasoning, dropParams: true });
    expect(body.generationConfig).toBeUndefined();
    expect(warnings).toMatchObject([{ type: "dropped", parameter: "reasoning" }]);
  });
});

describe("tools", () => {
  it("are declared in JSON Schema, Google's own beside them", async () => {
    const { body } = await sent({
      tools: [tool, { type: "provider", provider: "vertex_ai", value: { googleSearch: {} } }],
    });
    const { inputSchema, ...rest } = tool;
    expect(body.tools).toEqual([
      { functionDeclarations: [{ ...rest, parametersJsonSchema: inputSchema }] },
      { googleSearch: {} },
    ]);
    expect(body.toolConfig).toBeUndefined();
  });

  it.each([
    ["auto", { mode: "AUTO" }],
    ["none", { mode: "NONE" }],
    ["required", { mode: "ANY" }],
    [{ tool: "weather" }, { mode: "ANY", allowedFunctionNames: ["weather"] }],
  ] as const)("are chosen: %o", async (toolChoice, functionCallingConfig) => {
    expect((await sent({ tools: [tool], toolChoice })).body.toolConfig).toEqual({ functionCallingConfig });
  });

  it("are held to their schema", async () => {
    const { body } = await sent({ tools: [{ ...tool, strict: true }] });
    expect(body.toolConfig).toEqual({ functionCallingConfig: { mode: "VALIDATED" } });
  });

  it("of others, and one at a time, are refused", async () => {
    const foreign = { type: "provider", provider: "openai", value: {} } as const;
    await expect(sent({ tools: [foreign] })).rejects.toMatchObject({ kind: "unsupported" });
    await expect(sent({ tools: [tool], parallelToolCalls: false })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "parallelToolCalls",
    });
  });
});

describe("messages", () => {
  const contents = async (messages: GenerateRequest["messages"], more: Partial<GenerateRequest> = {}) =>
    sent({ messages, ...more });

  it("of the system are the instruction, a late one with a warning", async () => {
    const { body, warnings } = await contents([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "system", content: "Be kind." },
    ]);
    expect(body.systemInstruction).toEqual({ parts: [{ text: "Be brief." }, { text: "Be kind." }] });
    expect(body.contents).toEqual([{ role: "user", parts: [{ text: "Hi" }] }]);
    expect(warnings).toMatchObject([{ type: "changed", parameter: "messages" }]);
  });

  it("of the system go before the first for a model that takes no instruction", async () => {
    const messages = [
      { role: "system" as const, content: "Be brief." },
      { role: "user" as const, content: "Hi" },
    ];
    const { body, warnings } = await contents(messages, { model: "gemma-3-27b-it" });
    expect(body).toEqual({ contents: [{ role: "user", parts: [{ text: "Be brief." }, { text: "Hi" }] }] });
    expect(warnings).toHaveLength(1);
  });

  it("hold bytes, base64, URLs and files", async () => {
    const { body } = await contents([
      {
        role: "user",
        content: [
          { type: "image", data: Buffer.from(PNG, "base64") },
          { type: "image", data: `data:image/webp;base64,${PNG}` },
          { type: "image", data: "https://example.com/cat.JPG?size=9" },
          { type: "file", data: { fileId: "files/abc-123" }, mediaType: "application/pdf" },
          { type: "file", data: { fileId: "gs://bucket/clip.mp4" } },
          {
            type: "file",
            data: "https://www.youtube.com/watch?v=9hE5-98ZeCg",
            providerOptions: { gemini: { videoMetadata: { fps: 5 } } },
          },
          { type: "audio", data: "UklGRiQAAABXQVZFZm10IA==" },
          { type: "file", data: new TextEncoder().encode("hello"), mediaType: "text/plain" },
        ],
      },
    ]);
    expect(body.contents[0].parts).toEqual([
      { inlineData: { mimeType: "image/png", data: PNG } },
      { inlineData: { mimeType: "image/webp", data: PNG } },
      { fileData: { fileUri: "https://example.com/cat.JPG?size=9", mimeType: "image/jpeg" } },
      {
        fileData: {
          fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc-123",
          mimeType: "application/pdf",
        },
      },
      { fileData: { fileUri: "gs://bucket/clip.mp4", mimeType: "video/mp4" } },
      { fileData: { fileUri: "https://www.youtube.com/watch?v=9hE5-98ZeCg" }, videoMetadata: { fps: 5 } },
      { inlineData: { mimeType: "audio/wav", data: "UklGRiQAAABXQVZFZm10IA==" } },
      { inlineData: { mimeType: "text/plain", data: "aGVsbG8=" } },
    ]);
  });

  it("say how closely to look: for each picture, or for all where the model knows but one", async () => {
    const picture = (detail: "low" | "high") => ({ type: "image" as const, data: PNG, detail });
    const messages = [{ role: "user" as const, content: [picture("low"), picture("high")] }];
    const modern = await contents(messages, { model: "gemini-3-flash-preview" });
    expect(modern.body.contents[0].parts.map((part: any) => part.mediaResolution)).toEqual([
      { level: "MEDIA_RESOLUTION_LOW" },
      { level: "MEDIA_RESOLUTION_HIGH" },
    ]);
    const older = await contents(messages);
    expect(older.body.generationConfig).toEqual({ mediaResolution: "MEDIA_RESOLUTION_HIGH" });
    expect(older.body.contents[0].parts[0]).not.toHaveProperty("mediaResolution");
  });

  const call = (id: string, more: object = {}) => ({
    type: "tool-call" as const,
    id,
    name: "weather",
    input: { city: "Oslo" },
    ...more,
  });

  it("of tools go back in one turn, by name and id", async () => {
    const { body } = await contents([
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: [call("call_0"), call("fc-1", { providerMetadata: { gemini: { thoughtSignature: "SIG" } } })],
      },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "call_0", output: { degrees: -4 } }] },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "fc-1", output: "no such city", isError: true }] },
      { role: "user", content: "And?" },
    ]);
    expect(body.contents.slice(1)).toEqual([
      {
        role: "model",
        parts: [
          { functionCall: { name: "weather", args: { city: "Oslo" } } },
          { functionCall: { name: "weather", args: { city: "Oslo" }, id: "fc-1" }, thoughtSignature: "SIG" },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { name: "weather", response: { output: { degrees: -4 } } } },
          { functionResponse: { name: "weather", response: { error: "no such city" }, id: "fc-1" } },
        ],
      },
      { role: "user", parts: [{ text: "And?" }] },
    ]);
  });

  it("of tools leave numbers alone that would change by being read", async () => {
    const output = '{"id":12345678901234567890}';
    const { body } = await contents([
      { role: "user", content: "Hi" },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "x", toolName: "f", output }] },
    ]);
    expect(body.contents[1].parts[0].functionResponse).toEqual({ name: "f", id: "x", response: { output } });
  });

  it("of tools hold pictures, in the result or after it", async () => {
    const messages: GenerateRequest["messages"] = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: [call("fc-1", { providerMetadata: { gemini: { thoughtSignature: "S" } } })] },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "fc-1",
            output: [
              { type: "text", text: "Here" },
              { type: "image", data: PNG },
            ],
          },
        ],
      },
    ];
    const media = { inlineData: { mimeType: "image/png", data: PNG } };
    const modern = await contents(messages, { model: "gemini-3-flash-preview" });
    expect(modern.body.contents[2].parts).toEqual([
      { functionResponse: { name: "weather", id: "fc-1", response: { output: "Here" }, parts: [media] } },
    ]);
    const older = await contents(messages);
    expect(older.body.contents[2].parts).toEqual([
      { functionResponse: { name: "weather", id: "fc-1", response: { output: "Here" } } },
      media,
    ]);
    expect(older.warnings).toMatchObject([{ type: "changed" }]);
  });

  it("of a tool that nobody called need its name", async () => {
    const messages: GenerateRequest["messages"] = [
      { role: "user", content: "Hi" },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "x", output: "" }] },
    ];
    await expect(contents(messages)).rejects.toMatchObject({ kind: "invalid-request", parameter: "messages" });
  });

  it("put a stand-in where Gemini 3 wants a signature that another model never gave", async () => {
    const history = (metadata?: object): GenerateRequest["messages"] => [
      { role: "user", content: "Hi" },
      { role: "assistant", content: [call("a", metadata && { providerMetadata: metadata }), call("b")] },
      {
        role: "tool",
        content: [
          { type: "tool-result", toolCallId: "a", output: "1" },
          { type: "tool-result", toolCallId: "b", output: "2" },
        ],
      },
    ];
    const signatures = async (metadata?: object, model = "gemini-3-pro-preview") =>
      (await contents(history(metadata), { model })).body.contents[1].parts.map((part: any) => part.thoughtSignature);
    expect(await signatures()).toEqual(["skip_thought_signature_validator", undefined]);
    expect(await signatures({ vertex_ai: { thoughtSignature: "S" } })).toEqual(["S", undefined]);
    expect(await signatures(undefined, "gemini-2.5-pro")).toEqual([undefined, undefined]);
  });

  it("seal thoughts with Google's own seal only", async () => {
    const { body, warnings } = await contents([
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Claude's", signature: "abc", provider: "vertex_ai" },
          { type: "reasoning", text: "", redacted: "xyz" },
          { type: "reasoning", text: "plain" },
          { type: "reasoning", text: "ours", signature: "S", providerMetadata: { gemini: { thoughtSignature: "S" } } },
          { type: "reasoning", text: "", signature: "T", provider: "gemini" },
          { type: "text", text: "" },
          { type: "text", text: "Hello" },
        ],
      },
      { role: "user", content: "Again" },
    ]);
    expect(body.contents[1].parts).toEqual([
      { text: "Claude's", thought: true },
      { text: "plain", thought: true },
      { text: "ours", thought: true, thoughtSignature: "S" },
      { text: "", thought: true, thoughtSignature: "T" },
      { text: "Hello" },
    ]);
    expect(warnings).toEqual([]);
  });

  it("make an object of arguments that are none, and keep a hostile name an own one", async () => {
    const { body } = await contents([
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: [
          call("a", { input: [1] }),
          call("b", { input: undefined, inputText: "{oops" }),
          call("c", { input: JSON.parse('{"__proto__":1}') }),
          call("__proto__", { input: null }),
        ],
      },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "__proto__", output: "" }] },
    ]);
    expect(body.contents[1].parts.map((part: any) => JSON.stringify(part.functionCall.args))).toEqual([
      '{"value":[1]}',
      '{"INVALID_JSON":"{oops"}',
      '{"__proto__":1}',
      "{}",
    ]);
    expect(body.contents[2].parts[0].functionResponse.name).toBe("weather");
  });
});

describe("providerOptions", () => {
  it("win, and go where they belong", async () => {
    const { body } = await sent({
      temperature: 1,
      reasoning: { effort: "low" },
      tools: [tool],
      toolChoice: "auto",
      providerOptions: {
        gemini: {
          temperature: 0.3,
          thinkingConfig: { includeThoughts: false },
          generationConfig: { someNewThing: 1 },
          responseModalities: ["TEXT"],
          safetySettings: [],
          cachedContent: "cachedContents/1",
          toolConfig: { retrievalConfig: {} },
          newField: true,
        },
      },
    });
    expect(body).toMatchObject({
      generationConfig: {
        temperature: 0.3,
        thinkingConfig: { includeThoughts: false, thinkingBudget: 1024 },
        someNewThing: 1,
        responseModalities: ["TEXT"],
      },
      safetySettings: [],
      cachedContent: "cachedContents/1",
      toolConfig: { functionCallingConfig: { mode: "AUTO" }, retrievalConfig: {} },
      newField: true,
    });
    expect(body.generationConfig).not.toHaveProperty("safetySettings");
  });

  it("replace a level by a budget, never send both", async () => {
    const { body } = await sent({
      model: "gemini-3-flash-preview",
      reasoning: { effort: "low" },
      providerOptions: { gemini: { thinkingConfig: { thinkingBudget: 5 } } },
    });
    expect(body.generationConfig.thinkingConfig).toEqual({ includeThoughts: true, thinkingBudget: 5 });
  });

  it("of the twin hold too, one's own before them", async () => {
    const providerOptions = { gemini: { seed: 1, topK: 1 }, vertex_ai: { seed: 2 } };
    expect((await sent({ providerOptions }, "vertex_ai")).body.generationConfig).toEqual({ seed: 2, topK: 1 });
    expect((await sent({ providerOptions }, "gemini")).body.generationConfig).toEqual({ seed: 1, topK: 1 });
  });
});

describe("the model's path", () => {
  it.each([
    ["gemini", "models/gemini-x", "/v1beta/models/gemini-x:generateContent"],
    ["gemini", "tunedModels/mine", "/v1beta/tunedModels/mine:generateContent"],
    ["gemini", "x?y#z", "/v1beta/models/x%3Fy%23z:generateContent"],
    [
      "vertex_ai",
      "gemini-x@1",
      "/v1beta1/projects/p/locations/global/publishers/google/models/gemini-x@1:generateContent",
    ],
    [
      "vertex_ai",
      "meta/llama-4",
      "/v1beta1/projects/p/locations/global/publishers/meta/models/llama-4:generateContent",
    ],
    ["vertex_ai", "4711", "/v1beta1/projects/p/locations/global/endpoints/4711:generateContent"],
    ["vertex_ai", "projects/q/locations/l/endpoints/1", "/v1beta1/projects/q/locations/l/endpoints/1:generateContent"],
  ] as const)("%s: %s", async (provider, model, path) => {
    const { url } = await sent({ model }, provider);
    expect(new URL(url).pathname).toBe(path);
    expect(url).not.toContain("?");
  });

  it("does not lead out of its place", async () => {
    for (const model of ["../../cachedContents", "models/..", "."]) {
      await expect(sent({ model })).rejects.toMatchObject({ kind: "invalid-request", parameter: "model" });
    }
  });
});
