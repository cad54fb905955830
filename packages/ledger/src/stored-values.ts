import type { CallRow } from "./call-row.js";
import { COLUMNS, type ColumnKind } from "./columns.js";

/** More than any name of a key, user, tag or model has; what a caller may send must not fill the disk. */
const LONGEST = 500;
const MOST_TAGS = 100;

/** What PostgreSQL takes in no text: NUL, and halves of surrogate pairs. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;
/** Nearly no text has any of it, and to see that takes a tenth of the time. */
const SUSPECT = /[\0\ud800-\udfff]/;

/** The value of a field as both databases take it: no value of a row can make a statement fail that holds others' rows too. */
export function storedValue(value: CallRow[keyof CallRow], kind: ColumnKind): string | number | boolean | null {
  if (value === undefined || value === null) return kind === "tags" ? "[]" : kind === "boolean" ? false : null;
  switch (kind) {
    case "text":
      return text(value);
    case "integer":
      return Number.isSafeInteger(value) ? (value as number) : Number.isFinite(value) ? rounded(value as number) : null;
    case "real":
      return Number.isFinite(value) ? (value as number) : null;
    case "boolean":
      return value === true;
    case "time":
      return (value as Date).getTime();
    case "tags": {
      return JSON.stringify(storedTags(value));
    }
  }
}

function text(value: unknown): string {
  const whole = typeof value === "string" ? value : String(value);
  const short = whole.length > LONGEST ? whole.slice(0, LONGEST) : whole;
  return SUSPECT.test(short) ? short.replace(UNSTORABLE, "\ufffd") : short;
}

/** Tags as they are stored: each once. What is no list of them, as a program without types may send it, is none. */
export function storedTags(tags: unknown): readonly string[] {
  if (!Array.isArray(tags) || tags.length === 0) return [];
  return tags.length === 1 ? [text(tags[0])] : [...new Set(tags.slice(0, MOST_TAGS).map(text))];
}

function rounded(value: number): number | null {
  const whole = Math.round(value);
  return Number.isSafeInteger(whole) ? whole : null;
}

/** The row that a driver's record stands for; numbers may have come as text. */
export function rowOf(record: Readonly<Record<string, unknown>>): CallRow {
  const row: Record<string, unknown> = {};
  for (const { field, name, kind } of COLUMNS) {
    const value = record[name];
    if (value === null || value === undefined) continue;
    if (kind === "text") row[field] = value;
    else if (kind === "boolean") row[field] = Boolean(value);
    else if (kind === "time") row[field] = new Date(Number(value));
    else if (kind === "tags") row[field] = typeof value === "string" ? JSON.parse(value) : value;
    else row[field] = Number(value);
  }
  return row as unknown as CallRow;
}
