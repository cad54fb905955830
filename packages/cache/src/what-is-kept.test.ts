import { collect, type GenerateRequest, type GenerateResult, LLMError, type Schema } from "@llmux/core";
import { type MockAnswer, mockBackend } from "@llmux/testkit";
import { describe, expect, it } from "vitest";
import type { CacheHit, CacheMiss, CacheOptions } from "./options.js";
import { withCache } from "./with-cache.js";

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Why is the sky blue?" }] };

/** How often the backend was asked when the same was asked twice. */
async function asked(
  answer: MockAnswer,
  more: Partial<GenerateRequest> = {},
  options: CacheOptions = {},
): Promise<number> {
  const backend = mockBackend(answer);
  const llm = withCache(backend, options);
  const both = { ...request, ...more };
  await llm.generate(both).catch(() => undefined);
  await collect(llm.stream(both)).catch(() => undefined);
  return backend.requests.length;
}

describe("answers", () => {
  it.each<[string, MockAnswer, Partial<GenerateRequest>]>([
    ["with tool calls", { toolCalls: [{ name: "f", input: {} }] }, {}],
    ["that were cut where the call wanted it", { text: "Hi", finishReason: "length" }, { maxTokens: 1 }],
    ["that are drawn by lot", "Hi", { temperature: 1 }],
    ["with reasoning", { reasoning: "Hm", text: "Hi" }, {}],
  ])("%s are kept", async (_, answer, more) => {
    expect(await asked(answer, more)).toBe(1);
  });

  it.each<[string, MockAnswer, Partial<GenerateRequest>]>([
    ["that failed", new LLMError({ kind: "server", message: "Down" }), {}],
    ["that were filtered", { text: "I", finishReason: "content-filter" }, {}],
    ["that were cut at the model's own limit", { text: "Hi", finishReason: "length" }, {}],
    ["that ended who knows why", { text: "Hi", finishReason: "other" }, {}],
    ["that say nothing", {}, {}],
    ["that another cache gave", { text: "Hi", result: { cachedAt: new Date() } }, {}],
    ["that go on from what the provider keeps", "Hi", { providerOptions: { openai: { previous_response_id: "r" } } }],
    ["that the provider adds to a conversation", "Hi", { providerOptions: { openai: { conversation: "c" } } }],
  ])("%s are not", async (_, answer, more) => {
    expect(await asked(answer, more)).toBe(2);
  });

  it("are kept only where the application wants it", async () => {
    const when: CacheOptions["when"] = (one) => "temperature" in one && one.temperature === 0;
    expect(await asked("Hi", { temperature: 0 }, { when })).toBe(1);
    expect(await asked("Hi", { temperature: 1 }, { when })).toBe(2);
  });
});

describe("headers", () => {
  const apart = async (one: Record<string, string>, other: Record<string, string>): Promise<boolean> => {
    const backend = mockBackend("Hi");
    const llm = withCache(backend);
    for (const headers of [one, other]) await llm.generate({ ...request, headers });
    return backend.requests.length === 2;
  };

  it("that say who asks or switch something on keep answers apart, in whatever case they are written", async () => {
    expect(await apart({ "anthropic-beta": "x" }, {})).toBe(true);
    expect(await apart({ authorization: "Bearer a" }, { authorization: "Bearer b" })).toBe(true);
    expect(await apart({ "X-A": "1", "x-b": "2" }, { "X-B": "2", "x-a": "1" })).toBe(false);
  });

  it("that trace a call do not", async () => {
    expect(
      await apart({ traceparent: "1", "X-Request-Id": "1" }, { "x-client-request-id": "2", "idempotency-key": "k" }),
    ).toBe(false);
  });
});

/** A schema that says the same JSON Schema as any other of these, and wants and makes of it what it likes. */
function schemaThat(make: (value: { n: number }) => unknown): Schema {
  const input = (): Record<string, unknown> => ({ type: "object", properties: { n: { type: "number" } } });
  const validate = (value: unknown) => {
    const made = make(value as { n: number });
    return made === undefined ? { issues: [{ message: "No" }] } : { value: made };
  };
  return { "~standard": { version: 1, vendor: "test", validate, jsonSchema: { input, output: input } } } as Schema;
}

describe("structured output", () => {
  const withOutput = (make: (value: { n: number }) => unknown): GenerateRequest => ({
    ...request,
    output: { schema: schemaThat(make) },
  });

  it("is made again by the schema of the one who asks, of maps and dates if it likes", async () => {
    const backend = mockBackend({ output: { n: 1 } });
    const llm = withCache(backend);
    await llm.generate(withOutput((value) => value));
    const made = withOutput(({ n }) => new Map([[new Date(n), n]]));
    const output = new Map([[new Date(1), 1]]);
    expect((await llm.generate(made)).output).toEqual(output);
    expect((await collect(llm.stream(made))).output).toEqual(output);
    expect(
      (
        await llm.generate({
          ...request,
          output: { schema: { type: "object", properties: { n: { type: "number" } } } },
        })
      ).output,
    ).toEqual({ n: 1 });
    expect(backend.requests).toHaveLength(1);
  });

  it("that does not fit is asked for anew", async () => {
    const backend = mockBackend((_, call) => ({ output: { n: call } }));
    const llm = withCache(backend);
    await llm.generate(withOutput((value) => value));
    const wantsMore = withOutput(({ n }) => (n > 0 ? n : undefined));
    expect((await llm.generate(wantsMore)).text).toBe('{"n":1}');
    expect((await llm.generate(wantsMore)).output).toBe(1);
    const wantsMost = withOutput(({ n }) => (n > 1 ? n : undefined));
    for (let time = 0; time < 2; time++) expect((await collect(llm.stream(wantsMost))).text).toBe('{"n":2}');
    expect(backend.requests).toHaveLength(3);
  });
});

it("tells of hits with what they save, and of misses; what a listener throws is its own affair", async () => {
  const hits: CacheHit[] = [];
  const misses: CacheMiss[] = [];
  const bug = (): never => {
    throw new Error("a listener's bug");
  };
  const cost = { total: 0.5, source: "list" as const };
  const llm = withCache(mockBackend({ text: "Hi", result: { cost } }), {
    onHit: (hit) => hits.push(hit) && bug(),
    onMiss: (miss) => misses.push(miss) && bug(),
  });
  const { cachedAt: _ } = await llm.generate(request);
  const { cachedAt } = await llm.generate(request);
  await collect(llm.stream(request));
  await collect(llm.stream({ ...request, model: "n" }));
  expect(misses).toEqual([
    { call: "generate", model: "m" },
    { call: "stream", model: "n" },
  ]);
  expect(hits).toEqual([
    { call: "generate", model: "m", from: "store", cachedAt, saved: cost },
    { call: "stream", model: "m", from: "store", cachedAt, saved: cost },
  ]);
  hits[0]!.saved!.total = 9;
  expect(((await llm.generate(request)) as GenerateResult).cost).toEqual({ total: 0, source: "list" });
  expect(hits[2]!.saved).toEqual(cost);
});

it("fails at once where the signal has fired, though the answer is there", async () => {
  const llm = withCache(mockBackend("Hi"));
  await llm.generate(request);
  const signal = AbortSignal.abort(new Error("left"));
  for (const run of [llm.generate({ ...request, signal }), collect(llm.stream({ ...request, signal }))])
    await expect(run).rejects.toMatchObject({ kind: "aborted", cause: { message: "left" } });
});

it("leaves what can't be keyed to those who are to send it", async () => {
  const schema = { "~standard": { version: 1, vendor: "mute", validate: (value: unknown) => ({ value }) } } as Schema;
  expect(await asked("Hi", { tools: [{ name: "f", inputSchema: schema }] })).toBe(2);
});
