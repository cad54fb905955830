import { invalidOption } from "@llmux/core";
import { COLUMNS } from "./columns.js";
import type { Dialect } from "./dialect.js";
import { Statement } from "./dialect.js";
import { conditionOf, type RowsPage, type RowsQuery } from "./queries.js";
import type { RunStatement } from "./spend.js";
import { rowOf } from "./stored-values.js";

/** One page of rows. */
export async function readRows(dialect: Dialect, run: RunStatement, query: RowsQuery): Promise<RowsPage> {
  const { limit = 100, order = "asc", after } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw invalidOption("limit", "must be a whole number from 1 to 10,000", limit);
  if (order !== "asc" && order !== "desc") throw invalidOption("order", 'must be "asc" or "desc"', order);
  const statement = new Statement(dialect);
  const further: string[] = [];
  if (after !== undefined) {
    const { at, id } = placeOf(after);
    const compare = order === "asc" ? ">" : "<";
    further.push(`(calls.started_at, calls.id) ${compare} (${statement.time(at)}, ${statement.value(id)})`);
  }
  const condition = conditionOf(statement, query, further);
  const direction = order.toUpperCase();
  const text =
    `SELECT ${COLUMNS.map((column) => dialect.selected(column)).join(", ")} FROM ${dialect.table} AS calls ${condition} ` +
    `ORDER BY calls.started_at ${direction}, calls.id ${direction} LIMIT ${statement.value(limit + 1)}`;
  const rows = (await run(text, statement.values)).map(rowOf);
  if (rows.length <= limit) return { rows, next: undefined };
  rows.pop();
  const last = rows.at(-1)!;
  return { rows, next: `${last.startedAt.getTime()}.${last.id}` };
}

function placeOf(cursor: string): { at: Date; id: string } {
  const [, time, id] = /^(-?\d{1,16})\.(.+)$/s.exec(String(cursor)) ?? [];
  const at = new Date(Number(time));
  if (id === undefined || Number.isNaN(at.getTime()))
    throw invalidOption("after", "must be the `next` of a page", cursor);
  return { at, id };
}
