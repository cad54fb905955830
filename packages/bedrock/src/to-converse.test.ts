import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Asked, errorOf, HI, replyOf } from "./testing/asked.js";

const SONNET_37 = "us.anthropic.claude-3-7-sonnet-20250219-v1:0";
const SONNET_45 = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const OPUS_46 = "global.anthropic.claude-opus-4-6-v1";
const OPUS_48 = "us.anthropic.claude-opus-4-8";
const NOVA = "us.amazon.nova-lite-v1:0";
const NOVA_2 = "us.amazon.nova-2-lite-v1:0";
const GPT = "openai.gpt-oss-120b-1:0";
const LLAMA = "meta.llama3-1-70b-instruct-v1:0";
const schema = { type: "object", properties: { a: { type: "object", properties: {} } } };
const add = { name: "add", description: "Adds", inputSchema: { type: "object", properties: {} } };

let asked: Asked;
beforeAll(async () => {
  asked = await Asked.start();
});
afterAll(() => asked.server.stop());

describe("sampling", () => {
  it("goes into inferenceConfig", async () => {
    const body = await asked.body({ model: SONNET_37, maxTokens: 5, temperature: 0, topP: 0.5, stopSequences: ["x"] });
    expect(body.inferenceConfig).toEqual({ maxTokens: 5, temperature: 0, topP: 0.5, stopSequences: ["x"] });
    expect((await asked.body({})).inferenceConfig).toBeUndefined();
  });

  it.each([
    [SONNET_37, { top_k: 9 }],
    [NOVA, { inferenceConfig: { topK: 9 } }],
    ["mistral.mistral-large-2407-v1:0", { top_k: 9 }],
    ["cohere.command-r-plus-v1:0", { k: 9 }],
  ])("knows what top-k is called: %s", async (model, fields) => {
    expect((await asked.body({ model, topK: 9 })).additionalModelRequestFields).toEqual(fields);
  });

  it.each([
    [LLAMA, { topK: 9 }, "topK"],
    [OPUS_48, { topK: 9 }, "topK"],
    [OPUS_48, { temperature: 0.5 }, "temperature"],
    [OPUS_48, { topP: 0.5 }, "topP"],
    [SONNET_45, { temperature: 0.5, topP: 0.5 }, "topP"],
    [SONNET_45, { temperature: 0.5, reasoning: { budgetTokens: 2000 } }, "temperature"],
    [SONNET_45, { seed: 1 }, "seed"],
    [SONNET_45, { frequencyPenalty: 1 }, "frequencyPenalty"],
    [SONNET_45, { presencePenalty: 1 }, "presencePenalty"],
    [SONNET_45, { user: "u" }, "user"],
  ])("says what can't be: %s %j", async (model, request, parameter) => {
    expect(await errorOf(asked.body({ model, ...request }))).toMatchObject({ kind: "unsupported", parameter });
    const { result } = await asked.both({ model, ...request, dropParams: true });
    expect(result.warnings).toContainEqual(expect.objectContaining({ type: "dropped", parameter }));
  });
});

describe("reasoning", () => {
  it.each([
    [
      SONNET_37,
      { budgetTokens: 2000 },
      { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2000 } } },
    ],
    [
      SONNET_37,
      { effort: "low" },
      { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2048 } } },
    ],
    [SONNET_37, { effort: "none" }, { additionalModelRequestFields: { thinking: { type: "disabled" } } }],
    [
      OPUS_46,
      { effort: "xhigh" },
      { additionalModelRequestFields: { thinking: { type: "adaptive" } }, outputConfig: { effort: "high" } },
    ],
    [
      OPUS_46,
      { budgetTokens: 10 },
      { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } },
    ],
    [
      OPUS_48,
      { effort: "max" },
      {
        additionalModelRequestFields: { thinking: { type: "adaptive", display: "summarized" } },
        outputConfig: { effort: "max" },
      },
    ],
    [
      NOVA_2,
      { effort: "medium" },
      { additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" } } },
    ],
    [NOVA_2, { effort: "none" }, { additionalModelRequestFields: { reasoningConfig: { type: "disabled" } } }],
    [GPT, { effort: "xhigh" }, { additionalModelRequestFields: { reasoning_effort: "high" } }],
    [LLAMA, { effort: "none" }, {}],
  ] as const)("%s %j", async (model, reasoning, more) => {
    const { messages: _, ...rest } = await asked.body({ model, reasoning });
    expect(rest).toEqual(more);
  });

  it.each([
    [LLAMA, { effort: "low" }],
    [NOVA, { effort: "low" }],
    [GPT, { effort: "none" }],
    [GPT, { budgetTokens: 2000 }],
    [OPUS_48, { budgetTokens: 2000 }],
    ["us.anthropic.claude-fable-5", { effort: "none" }],
  ] as const)("can't be had: %s %j", async (model, reasoning) => {
    expect((await errorOf(asked.body({ model, reasoning }))).kind).toBe("unsupported");
  });

  it("leaves room for the reply, and says what it made of an effort", async () => {
    const { body, result } = await asked.both({ model: SONNET_37, reasoning: { effort: "high" }, maxTokens: 5000 });
    expect(body.additionalModelRequestFields.thinking.budget_tokens).toBe(4000);
    expect(result.warnings).toMatchObject([{ type: "changed", parameter: "reasoning.effort" }]);
  });
});

describe("tools", () => {
  it.each([
    ["auto", { auto: {} }],
    ["required", { any: {} }],
    [{ tool: "add" }, { tool: { name: "add" } }],
    [undefined, undefined],
  ] as const)("toolChoice %j", async (toolChoice, wire) => {
    const { toolConfig } = await asked.body({ tools: [add], toolChoice });
    expect(toolConfig.toolChoice).toEqual(wire);
    const json = add.inputSchema;
    expect(toolConfig.tools).toEqual([{ toolSpec: { name: "add", description: "Adds", inputSchema: { json } } }]);
  });

  it("are left out where none is to be used, unless the conversation has used some", async () => {
    expect((await asked.body({ tools: [add], toolChoice: "none" })).toolConfig).toBeUndefined();
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: [{ type: "tool-call", id: "a", name: "add", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "a", output: "2" }] },
    ] as const;
    const none = { tools: [add], toolChoice: "none", messages } as const;
    expect(await errorOf(asked.body(none))).toMatchObject({ kind: "unsupported", parameter: "toolChoice" });
    const { body, result } = await asked.both({ messages });
    expect(body.toolConfig.tools).toMatchObject([{ toolSpec: { name: "add" } }]);
    expect(result.warnings).toMatchObject([{ type: "changed", parameter: "tools" }]);
  });

  it("can't be forced on every model, nor be asked for one at a time", async () => {
    const forced = { model: LLAMA, tools: [add], toolChoice: "required" } as const;
    expect(await errorOf(asked.body(forced))).toMatchObject({ kind: "unsupported", parameter: "toolChoice" });
    const single = { tools: [add], parallelToolCalls: false };
    for (const request of [
      { ...single, model: NOVA },
      { ...single, model: SONNET_45, toolChoice: "required" as const },
    ])
      expect(await errorOf(asked.body(request))).toMatchObject({ kind: "unsupported", parameter: "parallelToolCalls" });
    const body = await asked.body({ ...single, model: SONNET_45, toolChoice: "auto" });
    expect(body.toolConfig.toolChoice).toBeUndefined();
    expect(body.additionalModelRequestFields.tool_choice).toEqual({ type: "auto", disable_parallel_tool_use: true });
    expect((await asked.body({ tools: [add], parallelToolCalls: true })).toolConfig.tools).toHaveLength(1);
  });

  it("can't be forced while Claude thinks, nor Mistral be told which of several", async () => {
    const thinking = {
      model: SONNET_37,
      reasoning: { budgetTokens: 2000 },
      tools: [add],
      toolChoice: "required",
    } as const;
    expect(await errorOf(asked.body(thinking))).toMatchObject({ kind: "unsupported", parameter: "toolChoice" });
    const mistral = { model: "mistral.mistral-large-2407-v1:0", toolChoice: { tool: "add" } } as const;
    expect((await asked.body({ ...mistral, tools: [add] })).toolConfig.toolChoice).toEqual({ any: {} });
    const two = [add, { ...add, name: "sub" }];
    expect((await errorOf(asked.body({ ...mistral, tools: two }))).kind).toBe("unsupported");
  });

  it("may be Bedrock's own, and strict where the model has structured output", async () => {
    const system = {
      type: "provider",
      provider: "bedrock",
      value: { systemTool: { name: "nova_grounding" } },
    } as const;
    expect((await asked.body({ model: NOVA_2, tools: [system] })).toolConfig.tools).toEqual([system.value]);
    const other = { ...system, provider: "openai" };
    expect((await errorOf(asked.body({ tools: [other] }))).kind).toBe("unsupported");
    const strict = { ...add, strict: true };
    const { tools } = (await asked.body({ model: SONNET_45, tools: [strict] })).toolConfig;
    expect(tools[0].toolSpec).toMatchObject({ strict: true, inputSchema: { json: { additionalProperties: false } } });
    expect((await asked.body({ model: NOVA, tools: [strict] })).toolConfig.tools[0].toolSpec.strict).toBeUndefined();
  });
});

describe("structured output", () => {
  it("is Converse's own where the model has it", async () => {
    for (const model of [SONNET_45, GPT]) {
      const body = await asked
        .body({ model, output: { schema, name: "thing", description: "A thing" } })
        .catch((error) => error);
      // The reply is no JSON, which core tells; what counts here is what was sent.
      expect(body).toMatchObject({ kind: "malformed-response" });
      const { outputConfig } = asked.last.body;
      const { jsonSchema } = outputConfig.textFormat.structure;
      expect(jsonSchema).toMatchObject({ name: "thing", description: "A thing" });
      expect(JSON.parse(jsonSchema.schema)).toEqual({
        type: "object",
        properties: { a: { type: "object", properties: {}, additionalProperties: false } },
        additionalProperties: false,
      });
    }
  });

  it("is the arguments of a tool where the model has not, at once and streamed", async () => {
    const toolUse = { toolUseId: "t", name: "output", input: { a: {} } };
    asked.server.serve(replyOf({ ...HI, stopReason: "tool_use", output: { message: { content: [{ toolUse }] } } }));
    const { body, result } = await asked.both({ model: NOVA, output: { schema } });
    asked.server.serve(replyOf(HI));
    expect(body.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: "output", inputSchema: { json: schema } } }],
      toolChoice: { tool: { name: "output" } },
    });
    expect(result).toMatchObject({
      output: { a: {} },
      toolCalls: [],
      finishReason: { unified: "stop", raw: "tool_use" },
    });
  });

  it("lets the model choose between tools and the reply", async () => {
    await asked.body({ model: NOVA, tools: [add], output: { schema } }).catch(() => undefined);
    const { toolConfig } = asked.last.body;
    expect(toolConfig.tools).toHaveLength(2);
    expect(toolConfig.toolChoice).toEqual({ any: {} });
  });

  it("is asked for in words of other models, and for any JSON, with a warning", async () => {
    const reply = { ...HI, output: { message: { content: [{ text: '{"a":1}' }] } } };
    asked.server.serve(replyOf(reply));
    const { body, result } = await asked.both({ model: LLAMA, output: { schema } });
    expect(body.system[0].text).toContain(JSON.stringify(schema));
    expect(result.warnings).toMatchObject([{ type: "changed", parameter: "output" }]);
    const any = await asked.both({ model: SONNET_45, output: "json" });
    expect(any.body.system).toHaveLength(1);
    expect(any.result.output).toEqual({ a: 1 });
    asked.server.serve(replyOf(HI));
  });
});

describe("provider options", () => {
  it("are Converse's own parameters, and win", async () => {
    const guardrailConfig = { guardrailIdentifier: "g", guardrailVersion: "1", trace: "enabled" } as const;
    const body = await asked.body({
      model: SONNET_37,
      maxTokens: 5,
      temperature: 0.5,
      topK: 3,
      providerOptions: {
        bedrock: {
          guardrailConfig,
          inferenceConfig: { temperature: 1 },
          additionalModelRequestFields: { anthropic_beta: ["x"] },
          additionalModelResponseFieldPaths: ["/stop_sequence"],
          performanceConfig: { latency: "optimized" },
          serviceTier: { type: "priority" },
          requestMetadata: { team: "a" },
          inventedTomorrow: { bytes: new Uint8Array([1, 2, 3]), on: new Date(0) },
          api: "converse",
        },
      },
    });
    const { messages: _, ...rest } = body;
    expect(rest).toEqual({
      guardrailConfig,
      inferenceConfig: { maxTokens: 5, temperature: 1 },
      additionalModelRequestFields: { top_k: 3, anthropic_beta: ["x"] },
      additionalModelResponseFieldPaths: ["/stop_sequence"],
      performanceConfig: { latency: "optimized" },
      serviceTier: { type: "priority" },
      requestMetadata: { team: "a" },
      inventedTomorrow: { bytes: "AQID", on: "1970-01-01T00:00:00.000Z" },
    });
  });

  it("say what model is behind an ARN", async () => {
    const model = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
    const reasoning = { budgetTokens: 2000 };
    expect((await errorOf(asked.body({ model, reasoning }))).kind).toBe("unsupported");
    const bedrock = { baseModel: "anthropic.claude-sonnet-4-5" };
    const { body, path } = await asked.both({ model, reasoning, providerOptions: { bedrock } });
    expect(body.additionalModelRequestFields.thinking.budget_tokens).toBe(2000);
    expect(path).toBe(`/model/${model}/converse`);
  });

  it("keep what the reply says beyond the neutral fields", async () => {
    const trace = { guardrail: { actionReason: "Masked" } };
    const more = { additionalModelResponseFields: { stop_sequence: "x" }, metrics: { latencyMs: 5 }, trace, newer: 1 };
    asked.server.serve(replyOf({ ...HI, stopReason: "guardrail_intervened", ...more }));
    const { result } = await asked.both({});
    asked.server.serve(replyOf(HI));
    expect(result.finishReason).toEqual({ unified: "content-filter", raw: "guardrail_intervened" });
    expect(result.providerMetadata).toEqual({ bedrock: more });
  });
});
