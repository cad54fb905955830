import { collect, type GenerateRequest, type JSONSchema } from "@llmux/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { llamaCpp, unloadModels } from "./index.js";
import { describeEngine, temporaryDirectory, writeChatModel } from "./testing/models.ts";

const { path: modelsDirectory, drop } = temporaryDirectory();
const backend = llamaCpp({ modelsDirectory, gpu: "cpu", threads: 1, contextSize: 4096 }).createBackend();
const asked = (output: GenerateRequest["output"], changes: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: "chat",
  messages: [{ role: "user", content: "Make some" }],
  output,
  maxTokens: 3000,
  ...changes,
});

beforeAll(() => {
  writeChatModel(`${modelsDirectory}/chat.gguf`, 4096);
});
afterAll(async () => {
  await unloadModels();
  drop();
});

type Check = (value: any) => boolean;
/** Grammars allow exponents that no number has room for. */
const isInteger: Check = (value) => Number.isInteger(value) || Math.abs(value) === Number.POSITIVE_INFINITY;
const isString: Check = (value) => typeof value === "string";
const keys = (value: object): string => Object.keys(value).sort().join();

/** Schemas, and what holds of all that fits them. The model knows nothing of JSON: whatever comes out right, the grammar did. */
const SHAPES: [string, JSONSchema, Check][] = [
  ["integer", { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, isInteger],
  ["enum", { enum: ["a", 1, null, true] }, (value) => ["a", 1, null, true].includes(value)],
  ["const", { const: "x" }, (value) => value === "x"],
  ["boolean or null", { type: ["boolean", "null"] }, (value) => value === null || typeof value === "boolean"],
  [
    "string with a length",
    { type: "string", minLength: 2, maxLength: 4 },
    (value) => isString(value) && [...value].length >= 2 && [...value].length <= 4,
  ],
  ["date", { type: "string", format: "date" }, (value) => /^\d{4}-\d\d-\d\d$/.test(value)],
  [
    "object",
    {
      type: "object",
      properties: { name: { type: "string", maxLength: 3 }, age: { type: "integer" }, mood: { enum: ["good", "bad"] } },
      required: ["name"],
      additionalProperties: false,
    },
    (value) => keys(value) === "age,mood,name" && isInteger(value.age) && ["good", "bad"].includes(value.mood),
  ],
  [
    "array",
    { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 3 },
    (value) => [2, 3].includes(value.length) && value.every(isInteger),
  ],
  [
    "tuple",
    { type: "array", prefixItems: [{ const: 1 }, { type: "boolean" }], items: false },
    (value) => value.length === 2 && value[0] === 1 && typeof value[1] === "boolean",
  ],
  [
    "anyOf",
    { anyOf: [{ const: 1 }, { type: "object", properties: { a: { const: 2 } } }] },
    (value) => value === 1 || value.a === 2,
  ],
  [
    "allOf",
    {
      allOf: [{ $ref: "#/$defs/a" }, { properties: { b: { const: 2 } } }],
      $defs: { a: { type: "object", properties: { a: { const: 1 } } } },
    },
    (value) => keys(value) === "a,b",
  ],
  [
    "recursion",
    {
      $ref: "#/$defs/node",
      $defs: { node: { type: "object", properties: { next: { anyOf: [{ const: 0 }, { $ref: "#/$defs/node" }] } } } },
    },
    function check(value): boolean {
      return keys(value) === "next" && (value.next === 0 || (check as Check)(value.next));
    },
  ],
];

describeEngine("a reply with a schema", () => {
  it.each(SHAPES)("fits it: %s", async (_, schema, check) => {
    for (const seed of [1, 2, 3]) {
      const result = await backend.generate(asked({ schema }, { temperature: 0.8, seed }));
      expect(result.warnings).toEqual([]);
      expect(JSON.parse(result.text)).toEqual(result.output);
      expect([result.output, check(result.output)]).toEqual([result.output, true]);
      expect(result.finishReason.unified).toBe("stop");
    }
  });

  it("is JSON of any kind where there is none", async () => {
    const result = await backend.generate(asked("json", { temperature: 0.8, seed: 4 }));
    expect(typeof result.output).toBe("object");
    expect(result.finishReason.unified).toBe("stop");
  });

  it("streams, and adds up to the same", async () => {
    const request = asked({ schema: SHAPES[6]![1] }, { temperature: 0.8, seed: 3 });
    const [streamed, whole] = [await collect(backend.stream(request)), await backend.generate(request)];
    expect(streamed.output).toEqual(whole.output);
    expect(streamed.text).toBe(whole.text);
  });

  it("that a limit cuts is no reply", async () => {
    await expect(backend.generate(asked({ schema: SHAPES[6]![1] }, { maxTokens: 5 }))).rejects.toMatchObject({
      kind: "malformed-response",
    });
  });

  it("can't have every schema", async () => {
    const wrong = asked({ schema: { not: { type: "string" } } });
    await expect(backend.generate(wrong)).rejects.toMatchObject({ kind: "unsupported", parameter: "output" });
    const loose = await backend.generate(asked({ schema: { type: "string", pattern: "^a", maxLength: 2 } }));
    expect(loose.warnings).toMatchObject([{ type: "changed", parameter: "output", message: /pattern/ }]);
  });
});
