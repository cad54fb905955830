import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { zodToJsonSchema } from "zod-to-json-schema";
import { createLLM } from "./create-llm.js";
import { type InferSchema, type Schema, toJSONSchema } from "./schema.js";
import { answer, errorOf, fakeAdapter } from "./testing/fakes.js";
import { withJSONSchema } from "./with-json-schema.js";

interface Weather {
  city: string;
  degrees?: number | undefined;
}

const zod3 = z3.object({ city: z3.string(), degrees: z3.number().optional() });
// Its types stand for zod 3's own, which are not those that zod 4 carries along.
const zod3Schema = zodToJsonSchema(zod3 as never, { $refStrategy: "none" }) as Record<string, unknown>;

const SCHEMAS: [string, Schema<Weather>][] = [
  ["zod 4", z.object({ city: z.string(), degrees: z.number().optional() })],
  ["zod 3 through withJSONSchema", withJSONSchema(zod3, zod3Schema)],
  ["valibot", toStandardJsonSchema(v.object({ city: v.string(), degrees: v.optional(v.number()) })) as Schema<Weather>],
  ["arktype", type({ city: "string", "degrees?": "number" })],
];

function reply(text: string): ReturnType<typeof createLLM> {
  return createLLM({ adapters: [fakeAdapter({ generate: async () => answer(text) })], model: "acme/m" });
}

describe.each(SCHEMAS)("a schema of %s", (_, schema) => {
  const output = { schema };
  const messages = [{ role: "user" as const, content: "Weather?" }];

  it("says its JSON Schema, once", () => {
    const converted = toJSONSchema(schema, "output.schema");
    expect(converted).toMatchObject({
      type: "object",
      properties: { city: { type: "string" }, degrees: { type: "number" } },
      required: ["city"],
    });
    expect(toJSONSchema(schema, "output.schema")).toBe(converted);
  });

  it("validates a reply", async () => {
    const result = await reply('{"city":"Oslo","degrees":-3}').generate({ messages, output });
    expect(result.output).toEqual({ city: "Oslo", degrees: -3 });
  });

  it("refuses a reply that does not fit, and keeps it", async () => {
    const text = '{"city":5}';
    const error = await errorOf(reply(text).generate({ messages, output }));
    expect(error).toMatchObject({ kind: "malformed-response", text, provider: "acme", model: "m" });
    expect(error.message).toContain("city");
  });
});

describe("a result's type", () => {
  it("is the schema's, whichever library it is of", () => {
    expectTypeOf<InferSchema<typeof zod3>>().toEqualTypeOf<Weather>();
    const wrapped = withJSONSchema(zod3, zod3Schema);
    expectTypeOf<InferSchema<typeof wrapped>>().toEqualTypeOf<Weather>();
    const zod4 = z.object({ city: z.string().transform((city) => city.length) });
    expectTypeOf<InferSchema<typeof zod4>>().toEqualTypeOf<{ city: number }>();
    const valibot = toStandardJsonSchema(v.object({ city: v.string() }));
    expectTypeOf<InferSchema<typeof valibot>>().toEqualTypeOf<{ city: string }>();
    const arktype = type({ city: "string" });
    expectTypeOf<InferSchema<typeof arktype>>().toEqualTypeOf<{ city: string }>();
    expectTypeOf<InferSchema<{ type: "object" }>>().toBeUnknown();
  });
});

describe("toJSONSchema", () => {
  it("says what the model is to write, not what a transform makes of it", () => {
    const schema = z.object({ at: z.string().transform((text) => new Date(text)), n: z.number().default(1) });
    expect(toJSONSchema(schema, "p")).toMatchObject({ properties: { at: { type: "string" } }, required: ["at"] });
    expect(toJSONSchema(schema, "p")).not.toHaveProperty("$schema");
  });

  it("takes a JSON Schema as it is", () => {
    const schema = { type: "object", $defs: {} };
    expect(toJSONSchema(schema, "p")).toBe(schema);
  });

  it.each<[string, unknown, string]>([
    ["zod 3", zod3, "does not implement Standard JSON Schema"],
    ["valibot", v.object({}), "does not implement Standard JSON Schema"],
    ["zod 4 with what has no JSON form", z.object({ at: z.date() }), "Date"],
  ])("says how to mend a schema of %s that can't say it", (_, schema, why) => {
    expect(() => toJSONSchema(schema as Schema, "tools.look.inputSchema")).toThrow(
      expect.objectContaining({
        kind: "invalid-request",
        parameter: "tools.look.inputSchema",
        message: expect.stringContaining(why),
      }),
    );
    expect(() => toJSONSchema(schema as Schema, "p")).toThrow("withJSONSchema(schema, jsonSchema)");
  });
});
