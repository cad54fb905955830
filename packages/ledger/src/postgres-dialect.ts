import type { Dialect } from "./dialect.js";

const format = (pattern: string): string => `to_char(calls.started_at AT TIME ZONE 'UTC', '${pattern}')`;

/** Moments are `timestamptz`, tags a `jsonb` array. */
export function postgresDialect(table: string): Dialect {
  return {
    table,
    placeholder: (index) => `$${index}`,
    time: (at) => at.toISOString(),
    timeOf: (placeholder) => `${placeholder}::timestamptz`,
    boolean: (value) => value,
    // As a number, whatever the driver was told to make of moments.
    selected: ({ kind, name }) =>
      kind === "time" ? `(extract(epoch FROM calls.${name}) * 1000)::float8 AS ${name}` : `calls.${name}`,
    bucket: { hour: format('YYYY-MM-DD"T"HH24":00Z"'), day: format("YYYY-MM-DD"), month: format("YYYY-MM") },
    joinTags: "LEFT JOIN LATERAL jsonb_array_elements_text(calls.tags) AS tag(value) ON true",
    tag: 'tag.value COLLATE "C"',
    hasTag: (placeholders) => `calls.tags ?| ARRAY[${placeholders}]::text[]`,
    hasNoTags: "calls.tags = '[]'::jsonb",
  };
}
