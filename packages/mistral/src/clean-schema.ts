import type { JSONSchema } from "@llmux/core";

/** Keywords whose keys are names of the application's, not keywords. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
/** Keywords that hold the application's values. */
const VALUES = new Set(["enum", "const", "default", "examples"]);

/** A schema without `$schema` and `$id`, which say nothing of the values and which Mistral fails to compile ("Grammar error"). */
export function cleanSchema(schema: JSONSchema): JSONSchema {
  return clean(schema, false) as JSONSchema;
}

function clean(value: unknown, isMap: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => clean(each, false));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => isMap || (key !== "$schema" && key !== "$id"))
    .map(([key, inner]) => [key, !isMap && VALUES.has(key) ? inner : clean(inner, !isMap && MAPS.has(key))]);
  return Object.fromEntries(entries);
}
