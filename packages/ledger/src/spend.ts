import { invalidOption } from "@llmux/core";
import { type Dialect, Statement } from "./dialect.js";
import { type CallQuery, conditionOf, FIELDS } from "./queries.js";

/** What sums can be divided by. `hour`, `day` and `month` are of UTC: `2026-01-31T09:00Z`, `2026-01-31`, `2026-01`. */
export type SpendGroup = "hour" | "day" | "month" | "tag" | keyof typeof FIELDS;

export interface SpendQuery<By extends SpendGroup = SpendGroup> extends CallQuery {
  /** A row for each combination of these that occurs. Default: one row for all. A call with several tags counts for each of them. */
  by?: readonly By[] | undefined;
}

/**
 * Sums over calls. A sum is `undefined` where nothing of it is known, and otherwise that of the calls of which it is known. Tokens are those that
 * providers counted: answers of a cache add none.
 */
export interface SpendSums {
  calls: number;
  /** Calls that failed, whatever the reason. */
  errors: number;
  /** Streams that were left before their end. */
  left: number;
  /** Calls that a cache answered. */
  cached: number;
  /** US dollars. */
  cost: number | undefined;
  /** Calls that were answered at least in part and of which nobody knows the cost; lists of models and counts of tokens aside. */
  unknownCost: number;
  inputTokens: number | undefined;
  cacheReadTokens: number | undefined;
  cacheWriteTokens: number | undefined;
  outputTokens: number | undefined;
  reasoningTokens: number | undefined;
  /** Milliseconds. */
  averageLatency: number | undefined;
  maxLatency: number | undefined;
  averageTimeToFirstToken: number | undefined;
}

/** A row of sums with what it is of; a group is `undefined` for calls that have no such thing. */
export type Spend<By extends SpendGroup = SpendGroup> = SpendSums & { [Group in By]: string | undefined };

export type RunStatement = (text: string, values: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

const count = (condition: string): string => `COALESCE(SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`;
const used = (column: string): string => `SUM(CASE WHEN calls.cached THEN NULL ELSE calls.${column} END)`;

const SUMS: Readonly<Record<keyof SpendSums, string>> = {
  calls: "COUNT(*)",
  errors: count("calls.outcome NOT IN ('ok', 'left')"),
  left: count("calls.outcome = 'left'"),
  cached: count("calls.cached"),
  cost: "SUM(calls.cost)",
  unknownCost: count(
    "calls.cost IS NULL AND calls.kind NOT IN ('listModels', 'countTokens') AND (calls.outcome = 'ok' OR calls.input_tokens IS NOT NULL)",
  ),
  inputTokens: used("input_tokens"),
  cacheReadTokens: used("cache_read_tokens"),
  cacheWriteTokens: used("cache_write_tokens"),
  outputTokens: used("output_tokens"),
  reasoningTokens: used("reasoning_tokens"),
  averageLatency: "AVG(calls.latency)",
  maxLatency: "MAX(calls.latency)",
  averageTimeToFirstToken: "AVG(calls.time_to_first_token)",
};

export async function readSpend<By extends SpendGroup>(
  dialect: Dialect,
  run: RunStatement,
  query: SpendQuery<By>,
): Promise<Spend<By>[]> {
  const by = [...new Set(query.by)];
  const groups = by.map((group) => `${expressionOf(group, dialect)} AS "by_${group}"`);
  const sums = Object.entries(SUMS).map(([name, sum]) => `${sum} AS "sum_${name}"`);
  const places = by.map((_, index) => index + 1);
  const statement = new Statement(dialect);
  const text = [
    `SELECT ${[...groups, ...sums].join(", ")} FROM ${dialect.table} AS calls`,
    by.includes("tag" as By) ? dialect.joinTags : "",
    conditionOf(statement, query),
    by.length > 0 ? `GROUP BY ${places.join(", ")}` : "",
    by.length > 0 ? `ORDER BY ${places.map((place) => `${place} NULLS FIRST`).join(", ")}` : "",
  ].join(" ");
  return (await run(text, statement.values)).map((record) => spendOf(by, record));
}

function expressionOf(group: SpendGroup, dialect: Dialect): string {
  if (group === "hour" || group === "day" || group === "month") return dialect.bucket[group];
  if (group === "tag") return dialect.tag;
  if (!Object.hasOwn(FIELDS, group)) throw invalidOption("by", "names no such group", group);
  return FIELDS[group];
}

function spendOf<By extends SpendGroup>(by: readonly By[], record: Readonly<Record<string, unknown>>): Spend<By> {
  const row: Record<string, unknown> = {};
  for (const group of by) row[group] = record[`by_${group}`] ?? undefined;
  for (const name of Object.keys(SUMS)) {
    const sum = record[`sum_${name}`];
    // Drivers give sums of whole numbers as text, lest they be too large.
    row[name] = sum === null || sum === undefined ? undefined : Number(sum);
  }
  return row as Spend<By>;
}
