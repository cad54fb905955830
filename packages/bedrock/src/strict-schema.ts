import type { JSONSchema } from "@llmux/core";

type Schema = Record<string, unknown>;

/** Bounds that structured outputs refuse. */
const BOUNDS = new Set([
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "uniqueItems",
  "minContains",
  "maxContains",
  "minProperties",
  "maxProperties",
]);
const FORMATS = new Set(["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"]);
/** Keywords that hold a schema, a list of them, or a table of them. */
const SCHEMA = new Set(["items", "not", "contains", "if", "then", "else", "propertyNames"]);
const LISTS = new Set(["anyOf", "allOf", "prefixItems"]);
const TABLES = new Set(["properties", "$defs", "definitions", "patternProperties", "dependentSchemas"]);

/**
 * A schema in the dialect that Bedrock's structured outputs enforce: every object is closed, and what can't be enforced stands in the
 * description, for the model to heed.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function strictSchema(schema: JSONSchema): JSONSchema {
  return strict(schema as Schema) as JSONSchema;
}

function strict(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  const result: Schema = {};
  const told: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    const bound =
      BOUNDS.has(key) ||
      (key === "minItems" && (value as number) > 1) ||
      (key === "format" && !FORMATS.has(String(value)));
    if (bound) told.push(`${key}: ${JSON.stringify(value)}`);
    else if (key === "$schema") continue;
    else if (key === "oneOf") result.anyOf = (value as unknown[]).map(strict);
    else if (LISTS.has(key) && Array.isArray(value)) result[key] = value.map(strict);
    else if (SCHEMA.has(key)) result[key] = Array.isArray(value) ? value.map(strict) : strict(value);
    else if (TABLES.has(key) && typeof value === "object" && value !== null)
      result[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, strict(inner)]));
    else result[key] = value;
  }
  if (result.type === "object" || result.properties !== undefined) result.additionalProperties = false;
  if (told.length > 0) {
    const words = typeof result.description === "string" ? `${result.description} ` : "";
    result.description = `${words}{${told.join(", ")}}`;
  }
  return result;
}
