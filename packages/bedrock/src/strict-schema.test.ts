import { expect, it } from "vitest";
import { strictSchema } from "./strict-schema.js";

it("closes objects and moves into words what can't be enforced, and touches nothing else", () => {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      minimum: { type: "integer", minimum: 1, maximum: 5, description: "How many." },
      type: {
        oneOf: [
          { type: "string", minLength: 2, format: "date" },
          { type: "string", format: "color" },
        ],
      },
      list: { type: "array", minItems: 3, items: { type: "object", properties: {} } },
      one: { type: "array", minItems: 1, items: { $ref: "#/$defs/a" } },
      enum: { enum: ["minimum", { minLength: 3 }], default: { maximum: 1 } },
    },
    required: ["minimum"],
    $defs: { a: { type: "object", properties: { maxLength: { type: "string" } } } },
  };
  const before = structuredClone(schema);
  expect(strictSchema(schema as never)).toEqual({
    type: "object",
    properties: {
      minimum: { type: "integer", description: "How many. {minimum: 1, maximum: 5}" },
      type: {
        anyOf: [
          { type: "string", format: "date", description: "{minLength: 2}" },
          { type: "string", description: '{format: "color"}' },
        ],
      },
      list: {
        type: "array",
        description: "{minItems: 3}",
        items: { type: "object", properties: {}, additionalProperties: false },
      },
      one: { type: "array", minItems: 1, items: { $ref: "#/$defs/a" } },
      enum: { enum: ["minimum", { minLength: 3 }], default: { maximum: 1 } },
    },
    required: ["minimum"],
    $defs: { a: { type: "object", properties: { maxLength: { type: "string" } }, additionalProperties: false } },
    additionalProperties: false,
  });
  expect(schema).toEqual(before);
});
