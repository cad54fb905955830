import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JSONSchema } from "./json.js";

/**
 * Gives a Standard Schema the JSON Schema that its library can't say itself (zod 3, older valibot):
 * `withJSONSchema(schema, zodToJsonSchema(schema))`.
 */
export function withJSONSchema<S extends StandardSchemaV1>(
  schema: S,
  jsonSchema: JSONSchema,
): StandardSchemaV1<StandardSchemaV1.InferInput<S>, StandardSchemaV1.InferOutput<S>> {
  const { validate, vendor, version } = schema["~standard"];
  const convert = (): Record<string, unknown> => ({ ...jsonSchema });
  const props = { validate, vendor, version, jsonSchema: { input: convert, output: convert } };
  return { "~standard": props as StandardSchemaV1.Props<never, never> };
}
