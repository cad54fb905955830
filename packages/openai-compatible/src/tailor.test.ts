import { type GenerateRequest, isLLMError, type LLMBackend, type Warning } from "@llmux/core";
import { describe, expect, it } from "vitest";
import type { HostAdapter } from "./index.js";
import * as all from "./index.js";

const completion = { id: "c", choices: [{ message: { role: "assistant", content: "{}" }, finish_reason: "stop" }] };

/** What a host is sent for a request. */
async function sent(
  adapter: HostAdapter,
  request: Partial<GenerateRequest>,
): Promise<{ body: Record<string, any>; warnings: readonly Warning[] }> {
  let body: Record<string, any> = {};
  const backend: LLMBackend = adapter({
    apiKey: "test-key-0123456789",
    baseURL: "https://host.example/v1",
    fetch: async (_, init) => {
      body = JSON.parse(init?.body as string);
      return Response.json(completion);
    },
  }).createBackend();
  const { warnings } = await backend.generate({
    model: "m",
    messages: [{ role: "user", content: "Hi" }],
    ...request,
  });
  const { model: _, messages: __, ...rest } = body;
  return { body: request.messages || request.output ? body : rest, warnings };
}

const schema = { type: "object", properties: { a: { type: "string" } } } as const;

describe("how much to think", () => {
  it.each<[string, HostAdapter, GenerateRequest["reasoning"], object]>([
    ["OpenAI's way", all.groq, { effort: "high" }, { reasoning_effort: "high" }],
    ["OpenRouter, by effort", all.openrouter, { effort: "low" }, { reasoning: { effort: "low" } }],
    ["OpenRouter, by budget", all.openrouter, { budgetTokens: 2000 }, { reasoning: { max_tokens: 2000 } }],
    ["Snowflake", all.snowflake as HostAdapter, { effort: "low" }, { reasoning: { effort: "low" } }],
    ["DeepSeek, not at all", all.deepseek, { effort: "none" }, { thinking: { type: "disabled" } }],
    ["DeepSeek, a lot", all.deepseek, { effort: "max" }, { thinking: { type: "enabled" }, reasoning_effort: "max" }],
    ["Moonshot, not at all", all.moonshot, { effort: "none" }, { thinking: { type: "disabled" } }],
    ["DashScope, by budget", all.dashscope, { budgetTokens: 500 }, { enable_thinking: true, thinking_budget: 500 }],
    ["DashScope, not at all", all.dashscope, { effort: "none" }, { enable_thinking: false }],
  ])("%s", async (_, adapter, reasoning, fields) => {
    expect(await sent(adapter, { reasoning })).toEqual({ body: fields, warnings: [] });
  });

  it("that a host knows only as on or off is told in a warning", async () => {
    const { body, warnings } = await sent(all.siliconflow, { reasoning: { effort: "low" } });
    expect(body).toEqual({ enable_thinking: true });
    expect(warnings).toMatchObject([{ type: "changed", parameter: "reasoning.effort" }]);
  });

  it("is refused where a host can't be told, or knows no budget", async () => {
    await expect(sent(all.minimax, { reasoning: { effort: "low" } })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "reasoning.effort",
      message: expect.stringContaining("https://platform.minimax.io/docs"),
    });
    await expect(sent(all.groq, { reasoning: { budgetTokens: 1 } })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "reasoning.budgetTokens",
    });
  });

  it("is said by provider options before all", async () => {
    const providerOptions = { openrouter: { reasoning: { exclude: true } } };
    const { body } = await sent(all.openrouter, { reasoning: { effort: "low" }, providerOptions });
    expect(body).toEqual({ reasoning: { exclude: true } });
  });
});

describe("parameters that a host does not take", () => {
  it.each<[HostAdapter, string, Partial<GenerateRequest>]>([
    [all.cerebras, "frequencyPenalty", { frequencyPenalty: 1 }],
    [all.mistral, "user", { user: "u" }],
    [all.perplexity, "tools", { tools: [{ name: "f", inputSchema: schema }] }],
    [all.zai, "seed", { seed: 1 }],
    [all.groq, "messages.name", { messages: [{ role: "user", name: "ann", content: "Hi" }] }],
    [all.groq, "topK", { topK: 5 }],
  ])("%#: %s refuses, or with dropParams is not sent it", async (adapter, parameter, request) => {
    const error = await sent(adapter, request).catch((thrown: unknown) => thrown);
    expect(isLLMError(error, "unsupported") && error.parameter).toBe(parameter);
    const { body, warnings } = await sent(adapter, { ...request, dropParams: true });
    expect(JSON.stringify(body)).not.toMatch(/frequency_penalty|"user":|"tools"|seed|"name"|top_k/);
    expect(warnings).toMatchObject([{ type: "dropped", parameter }]);
  });

  it("have other names with some", async () => {
    expect((await sent(all.mistral, { seed: 7 })).body).toEqual({ random_seed: 7 });
    expect((await sent(all.zai, { user: "u" })).body).toEqual({ user_id: "u" });
    expect((await sent(all.groq, { maxTokens: 7 })).body).toEqual({ max_completion_tokens: 7 });
    expect((await sent(all.together, { topK: 7 })).body).toEqual({ top_k: 7 });
  });
});

describe("structured output", () => {
  it("is asked for by schema, as by OpenAI", async () => {
    const { body } = await sent(all.groq, { output: { schema, name: "thing" } });
    expect(body.response_format).toMatchObject({ type: "json_schema", json_schema: { name: "thing", schema } });
  });

  it("is asked for in words where a host knows no schema", async () => {
    const { body, warnings } = await sent(all.deepseek, {
      messages: [
        { role: "system", content: "Be brief" },
        { role: "user", content: "Hi" },
      ],
      output: { schema },
    });
    expect(body.response_format).toEqual({ type: "json_object" });
    expect(body.messages).toEqual([
      { role: "system", content: expect.stringMatching(/^Be brief\n\n.*JSON Schema: \{"type":"object"/s) },
      { role: "user", content: "Hi" },
    ]);
    expect(warnings).toMatchObject([{ type: "changed", parameter: "output" }]);
    const bare = await sent(all.deepseek, { output: { schema } });
    expect(bare.body.messages.map(({ role }: { role: string }) => role)).toEqual(["system", "user"]);
  });
});

describe("the history", () => {
  const assistant = {
    role: "assistant" as const,
    content: [
      { type: "reasoning" as const, text: "Hm" },
      { type: "text" as const, text: "Yes" },
    ],
  };
  const messages = [{ role: "user" as const, content: "Hi" }, assistant, { role: "user" as const, content: "Go on" }];

  it.each<[string, HostAdapter, object]>([
    ["DeepSeek", all.deepseek, { content: "Yes", reasoning_content: "Hm" }],
    ["Groq", all.groq, { content: "Yes", reasoning: "Hm" }],
    ["MiniMax", all.minimax, { content: "<think>\nHm\n</think>\n\nYes" }],
  ])("gives %s its reasoning back", async (_, adapter, fields) => {
    const { body, warnings } = await sent(adapter, { messages });
    expect(body.messages[1]).toEqual({ role: "assistant", ...fields });
    expect(warnings).toEqual([]);
  });

  it("is without it where it is not wanted, which is told", async () => {
    const { body, warnings } = await sent(all.perplexity, { messages });
    expect(body.messages[1]).toEqual({ role: "assistant", content: "Yes" });
    expect(warnings).toMatchObject([{ type: "dropped", parameter: "messages" }]);
  });

  it("is plain text where a host takes no parts", async () => {
    const parts = ["One", "Two"].map((text) => ({ type: "text" as const, text }));
    const { body } = await sent(all.publicai, { messages: [{ role: "user", content: parts }] });
    expect(body.messages).toEqual([{ role: "user", content: "One\n\nTwo" }]);
    expect((await sent(all.groq, { messages: [{ role: "user", content: parts }] })).body.messages[0].content).toEqual(
      parts,
    );
  });
});

describe("tools of a host's own", () => {
  const tools = (id: string) => [{ type: "provider" as const, provider: id, value: { type: "web_search" } }];

  it("go through chat where they are at home there", async () => {
    expect((await sent(all.zai, { tools: tools("zai") })).body).toEqual({ tools: [{ type: "web_search" }] });
    expect((await sent(all.openrouter, { tools: tools("openrouter") })).body.tools).toHaveLength(1);
  });
});

describe("a cache hint", () => {
  it("goes to the hosts that cache on request", async () => {
    const messages = [
      { role: "user" as const, content: [{ type: "text" as const, text: "Long", cache: true as const }] },
    ];
    const marked = [{ type: "text", text: "Long", cache_control: { type: "ephemeral" } }];
    expect((await sent(all.openrouter, { messages })).body.messages[0].content).toEqual(marked);
    expect((await sent(all.groq, { messages })).body.messages[0].content).toBe("Long");
  });
});
