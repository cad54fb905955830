import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { outputOf, parseOutput } from "./structured-output.js";
import { errorOf } from "./testing/fakes.js";

const repaired = [{ type: "repaired", parameter: "output", message: expect.any(String) }];

describe("parseOutput", () => {
  it("gives any JSON as it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        expect(await parseOutput(text, "json", "stop")).toEqual({ output: JSON.parse(text), warnings: [] });
      }),
    );
  });

  it.each<[string, unknown]>([
    ['{"a":1,}', { a: 1 }],
    ["{'a': 1}", { a: 1 }],
    ['{"a":1', { a: 1 }],
    ["[1,2", [1, 2]],
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['Sure!\n```json\n{"a":1}\n```\nAnything else?', { a: 1 }],
    ['Sure!\n```\n[{"a":1,}]\n```', [{ a: 1 }]],
    ['```json\n{"code":"```js\\nx()\\n```"}\n```', { code: "```js\nx()\n```" }],
    ['Here it is: {"a":{"b":1}} I hope it helps', { a: { b: 1 } }],
    ['<think>easy</think>{"a":1}', { a: 1 }],
  ])("mends %j and says so", async (text, output) => {
    expect(await parseOutput(text, "json", "stop")).toEqual({ output, warnings: repaired });
  });

  it.each([
    "",
    "  ",
    "No.",
    "I think {maybe} not",
    "The list [sic] is long",
    "See [1] and [2].",
    '{"a":1}{"b":2}',
    "Sorry, I can't (see {policy: 1})",
  ])("does not make JSON up: %j", async (text) => {
    expect(await errorOf(parseOutput(text, "json", "stop"))).toMatchObject({
      kind: "malformed-response",
      text,
      retryable: false,
    });
  });

  it("does not mend what a token limit cut", async () => {
    const text = '{"names":["Ada","Gra';
    const error = await errorOf(parseOutput(text, "json", "length"));
    expect(error).toMatchObject({ kind: "malformed-response", text });
    expect(error.message).toContain("token limit");
    expect((await parseOutput('{"a":1}', "json", "length")).output).toEqual({ a: 1 });
  });

  it("has no output for a tool call or a refusal", async () => {
    for (const finish of ["tool-calls", "content-filter"] as const) {
      expect(await parseOutput("", "json", finish)).toEqual({ output: undefined, warnings: [] });
    }
  });

  it("validates against a Standard Schema, after mending too, and says where it fails", async () => {
    const schema = z.object({ list: z.array(z.object({ n: z.number().transform((n) => n * 2) })) });
    expect(await parseOutput('{"list":[{"n":1,}]}', { schema }, "stop")).toEqual({
      output: { list: [{ n: 2 }] },
      warnings: repaired,
    });
    const text = '{"list":[{"n":"one"}]}';
    const error = await errorOf(parseOutput(text, { schema }, "stop"));
    expect(error).toMatchObject({ kind: "malformed-response", text });
    expect(error.message).toContain("list.0.n: ");
  });

  it("does not validate against a JSON Schema", async () => {
    expect((await parseOutput('{"a":1}', { schema: { type: "array" } }, "stop")).output).toEqual({ a: 1 });
  });
});

describe("outputOf", () => {
  const finishReason = { unified: "stop" as const, raw: "stop" };
  const usage = {
    inputTokens: { total: 9, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 5, reasoning: undefined },
  };

  it("keeps with the failure what the reply used, for it is paid all the same", async () => {
    expect(await outputOf({ text: "[1]", finishReason, usage }, "json")).toEqual({ output: [1], warnings: [] });
    const error = await errorOf(outputOf({ text: "No.", finishReason, usage }, "json"));
    expect(error).toMatchObject({ kind: "malformed-response", text: "No.", usage });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ usage: { outputTokens: { total: 5 } } });
  });

  it("lets a validator's own mistake through as it is", async () => {
    const mistake = new TypeError("a bug");
    const schema = z.any().refine(() => {
      throw mistake;
    });
    await expect(outputOf({ text: "[1]", finishReason, usage }, { schema })).rejects.toBe(mistake);
  });
});
