import { invalidOption } from "@llmux/core";
import type { CallKind, CallOutcome, CallRow } from "./call-row.js";
import type { Statement } from "./dialect.js";

type Is<T> = T | null | readonly (T | null)[];

/** What calls must be like: each named field equal to the value, or to one of a list; `null` stands for those that have none. */
export interface CallFilter {
  key?: Is<string> | undefined;
  user?: Is<string> | undefined;
  /** Calls that have this tag, or one of these. */
  tag?: Is<string> | undefined;
  session?: Is<string> | undefined;
  kind?: Is<CallKind> | undefined;
  provider?: Is<string> | undefined;
  model?: Is<string> | undefined;
  responseModel?: Is<string> | undefined;
  outcome?: Is<CallOutcome> | undefined;
  finishReason?: Is<string> | undefined;
  /** Whether a cache answered. */
  cached?: boolean | undefined;
}

/** Which calls. */
export interface CallQuery {
  /** Calls that began then or later. */
  from?: Date | undefined;
  /** Calls that began earlier than that. */
  to?: Date | undefined;
  where?: CallFilter | undefined;
}

export interface RowsQuery extends CallQuery {
  /** `asc` (default): the oldest first. */
  order?: "asc" | "desc" | undefined;
  /** Most rows of the page, from 1 to 10,000. Default 100. */
  limit?: number | undefined;
  /** The `next` of the page before, with the same order. */
  after?: string | undefined;
}

export interface RowsPage {
  rows: CallRow[];
  /** What `after` takes for the next page; `undefined` after the last. */
  next: string | undefined;
}

/** The fields that a filter may name, and groups too, with their columns. Nothing else of a query becomes part of a statement's text. */
export const FIELDS: Readonly<Record<Exclude<keyof CallFilter, "tag" | "cached">, string>> = {
  key: "calls.key",
  user: "calls.user_id",
  session: "calls.session",
  kind: "calls.kind",
  provider: "calls.provider",
  model: "calls.model",
  responseModel: "calls.response_model",
  outcome: "calls.outcome",
  finishReason: "calls.finish_reason",
};

/** The condition of a query as SQL, `WHERE` included; empty where there is none. @throws LLMError `invalid-request` */
export function conditionOf(statement: Statement, query: CallQuery, further: readonly string[] = []): string {
  const parts = [...further];
  if (query.from !== undefined) parts.push(`calls.started_at >= ${statement.time(moment("from", query.from))}`);
  if (query.to !== undefined) parts.push(`calls.started_at < ${statement.time(moment("to", query.to))}`);
  for (const [field, value] of Object.entries(query.where ?? {}))
    if (value !== undefined) parts.push(matches(statement, field, value));
  return parts.length > 0 ? `WHERE ${parts.join(" AND ")}` : "";
}

function matches(statement: Statement, field: string, value: unknown): string {
  const { dialect } = statement;
  if (field === "cached") {
    if (typeof value !== "boolean") throw invalidOption("where.cached", "must be true or false", value);
    return `calls.cached = ${statement.value(dialect.boolean(value))}`;
  }
  if (field !== "tag" && !Object.hasOwn(FIELDS, field)) throw invalidOption("where", "names no such field", field);
  const wanted: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = wanted.filter((each) => each !== null);
  for (const each of texts)
    if (typeof each !== "string")
      throw invalidOption(`where.${field}`, "must be a text, null, or a list of them", each);
  const placeholders = texts.map((each) => statement.value(each)).join(", ");
  const column = FIELDS[field as keyof typeof FIELDS];
  const either: string[] = [];
  if (texts.length > 0) either.push(field === "tag" ? dialect.hasTag(placeholders) : `${column} IN (${placeholders})`);
  if (texts.length < wanted.length) either.push(field === "tag" ? dialect.hasNoTags : `${column} IS NULL`);
  // An empty list allows nothing.
  return either.length > 0 ? `(${either.join(" OR ")})` : "1 = 0";
}

export function moment(parameter: string, value: unknown): Date {
  if (!(value instanceof Date) || Number.isNaN(value.getTime()))
    throw invalidOption(parameter, "must be a valid Date", value);
  return value;
}
