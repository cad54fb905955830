import type { CallContext } from "@llmux/core/adapter";
import { describe, expect, it } from "vitest";
import { toGrammarSchema } from "./to-grammar-schema.js";

function convert(schema: unknown): { schema: object; warnings: string[]; refused: string[] } {
  const warnings: string[] = [];
  const refused: string[] = [];
  const context: CallContext = {
    signal: new AbortController().signal,
    abortable: true,
    warn: ({ message }) => void warnings.push(message),
    unsupported: (_, why) => void refused.push(why!),
  };
  return { schema: toGrammarSchema(schema, "output", context), warnings, refused };
}
const any = convert(true).schema;

describe("toGrammarSchema", () => {
  it.each<[string, unknown, object]>([
    [
      "notes go, descriptions stay",
      { type: "string", title: "T", description: "D", default: "x" },
      { type: "string", description: "D" },
    ],
    ["anything", {}, any],
    ["types without limits", { type: ["string", "null"] }, { type: ["string", "null"] }],
    ["one type in a list", { type: ["integer"] }, { type: "integer" }],
    [
      "types with limits",
      { type: ["string", "null"], maxLength: 3 },
      { oneOf: [{ type: "string", maxLength: 3 }, { type: "null" }] },
    ],
    [
      "properties that are only required",
      { type: "object", required: ["a"] },
      { type: "object", properties: { a: any }, additionalProperties: false },
    ],
    [
      "a record",
      { type: "object", additionalProperties: { type: "integer" } },
      { type: "object", properties: {}, additionalProperties: { type: "integer" } },
    ],
    ["an open object", { type: "object" }, { type: "object", properties: {}, additionalProperties: true }],
    [
      "a type that is left out",
      { properties: { a: { const: 1 } } },
      { type: "object", properties: { a: { const: 1 } }, additionalProperties: false },
    ],
    [
      "an old tuple",
      { items: [{ const: 1 }], type: "array" },
      { type: "array", prefixItems: [{ const: 1 }], minItems: 1 },
    ],
    ["one choice", { anyOf: [{ type: "null" }], description: "D" }, { type: "null", description: "D" }],
    [
      "old definitions",
      { $ref: "#/definitions/a", definitions: { a: { const: 1 } } },
      { $ref: "#/$defs/a", $defs: { a: { const: 1 } } },
    ],
    ["only definitions that are used", { type: "null", $defs: { a: { not: {} } } }, { type: "null" }],
    [
      "definitions that refer to others",
      { $ref: "#/$defs/a", $defs: { a: { type: "array", items: { $ref: "#/$defs/b" } }, b: { const: 1 } } },
      { $ref: "#/$defs/a", $defs: { a: { type: "array", items: { $ref: "#/$defs/b" } }, b: { const: 1 } } },
    ],
    [
      "itself",
      { type: "array", items: { $ref: "#" } },
      { type: "array", items: { $ref: "#/$defs/#" }, $defs: { "#": { type: "array", items: { $ref: "#/$defs/#" } } } },
    ],
    ["zod's integers", { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 }, { type: "integer" }],
    [
      "zod's records",
      { type: "object", propertyNames: { type: "string" }, additionalProperties: {} },
      { type: "object", properties: {}, additionalProperties: any },
    ],
  ])("takes %s", (_, schema, expected) => {
    expect(convert(schema)).toEqual({ schema: expected, warnings: [], refused: [] });
  });

  it.each<[unknown, string]>([
    [{ type: "integer", minimum: 1, maximum: 9 }, "minimum, maximum"],
    [{ type: "string", pattern: "^a$", format: "email" }, "pattern, format"],
    [{ type: "array", items: { type: "string" }, uniqueItems: true }, "uniqueItems"],
    [{ type: "object", properties: { a: {}, b: {} }, maxProperties: 1 }, "maxProperties"],
  ])("leaves the caller to check what limits only values: %j", (schema, what) => {
    const { warnings, refused } = convert(schema);
    expect(refused).toEqual([]);
    expect(warnings).toEqual([`output: the grammar holds the model to the shape, but not to ${what}; check the value`]);
  });

  it.each<[unknown, string]>([
    [{ not: {} }, "not"],
    [{ type: "object", properties: { a: { if: {}, type: "string" } } }, "if"],
    [{ type: "object", patternProperties: {} }, "patternProperties"],
    [false, "false"],
    [{ type: "object", properties: { a: false } }, "false"],
    [{ enum: [{ a: 1 }] }, "enum of objects or arrays"],
    [{ type: "date" }, 'type "date"'],
    [{ $ref: "https://example.com/schema" }, "the reference https://example.com/schema"],
    [{ $ref: "#/$defs/none" }, "the reference #/$defs/none"],
    [{ $ref: "#/$defs/__proto__", $defs: {} }, "the reference #/$defs/__proto__"],
    [{ anyOf: [{ type: "string" }], properties: {} }, "properties"],
    [{ allOf: [{ type: "string" }, { type: "object" }] }, "allOf"],
  ])("refuses what is no shape of a grammar: %j", (schema, what) => {
    expect(convert(schema).refused).toEqual([`a grammar can't express ${what}`]);
  });

  it("refuses limits that contradict each other", () => {
    expect(() => convert({ type: "string", minLength: 3, maxLength: 2 })).toThrow(
      expect.objectContaining({ kind: "invalid-request", message: "output: minLength 3 is more than maxLength 2" }),
    );
  });
});
