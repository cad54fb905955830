import type { Dialect } from "./dialect.js";

const format = (pattern: string): string => `strftime('${pattern}', calls.started_at / 1000, 'unixepoch')`;

/** Moments are whole milliseconds since 1970, tags a JSON array. */
export const SQLITE_DIALECT: Dialect = {
  table: "calls",
  placeholder: () => "?",
  time: (at) => at.getTime(),
  timeOf: (placeholder) => placeholder,
  boolean: (value) => Number(value),
  selected: ({ name }) => `calls.${name}`,
  bucket: { hour: format("%Y-%m-%dT%H:00Z"), day: format("%Y-%m-%d"), month: format("%Y-%m") },
  joinTags: "LEFT JOIN json_each(calls.tags) AS tag",
  tag: "tag.value",
  hasTag: (placeholders) =>
    `EXISTS (SELECT 1 FROM json_each(calls.tags) AS each_tag WHERE each_tag.value IN (${placeholders}))`,
  hasNoTags: "calls.tags = '[]'",
};
