import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { LLMError } from "./errors.js";
import type { JSONSchema } from "./json.js";

/** A Standard Schema (zod, valibot, arktype, …) or a plain JSON Schema. */
export type Schema<Output = unknown> = StandardSchemaV1<unknown, Output> | JSONSchema;

/** What a schema's values are: inferred from a Standard Schema, `unknown` for a JSON Schema. */
export type InferSchema<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : unknown;

export function isStandardSchema(schema: unknown): schema is StandardSchemaV1 {
  return (
    schema !== null && (typeof schema === "object" || typeof schema === "function") && "~standard" in (schema as object)
  );
}

const converted = new WeakMap<object, JSONSchema>();

/**
 * The JSON Schema of a schema's input. A library that implements Standard JSON Schema says it itself (zod ≥ 4.2,
 * arktype ≥ 2.1.28, valibot through `toStandardJsonSchema`); for others there is `withJSONSchema`.
 *
 * @throws LLMError `invalid-request` where the schema can't say its JSON Schema.
 */
export function toJSONSchema(schema: Schema, parameter: string): JSONSchema {
  if (!isStandardSchema(schema)) return schema;
  const known = converted.get(schema);
  if (known) return known;
  const props = schema["~standard"] as StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props>;
  let result: Record<string, unknown>;
  try {
    if (!props.jsonSchema) throw new Error("it does not implement Standard JSON Schema");
    result = props.jsonSchema.input({ target: "draft-2020-12" });
  } catch (cause) {
    throw new LLMError({
      kind: "invalid-request",
      parameter,
      message: `${parameter}: this ${props.vendor} schema can't say its JSON Schema (${(cause as Error).message}). Wrap it: withJSONSchema(schema, jsonSchema).`,
      cause,
    });
  }
  const { $schema: _, ...rest } = result;
  converted.set(schema, rest);
  return rest;
}
