import { invalidOption } from "@llmux/core";
import type { CallRow } from "./call-row.js";
import { COLUMNS, type Column } from "./columns.js";
import { csvField, withoutFormula } from "./csv.js";
import type { CallQuery, RowsPage, RowsQuery } from "./queries.js";

export interface ExportQuery extends CallQuery {
  /**
   * `csv`: RFC 4180 with a line of names; times in ISO 8601, tags as a JSON array, nothing where a value is not known. `json`: one array. `ndjson`: an
   * object a line. In both of these what is not known is `null`.
   */
  format: "csv" | "json" | "ndjson";
  /**
   * CSV alone: `escape` (default) puts an apostrophe before a text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return, which a spreadsheet
   * would run as a formula; `keep` leaves it, for programs.
   */
  formulas?: "escape" | "keep" | undefined;
}

const FORMATS: readonly unknown[] = ["csv", "json", "ndjson"];
const PAGE = 1000;

/** The rows of a query as text, a piece for each page. */
export async function* exportRows(
  read: (query: RowsQuery) => Promise<RowsPage>,
  { format, formulas = "escape", ...query }: ExportQuery,
): AsyncGenerator<string, void, void> {
  if (!FORMATS.includes(format)) throw invalidOption("format", 'must be "csv", "json" or "ndjson"', format);
  if (formulas !== "escape" && formulas !== "keep")
    throw invalidOption("formulas", 'must be "escape" or "keep"', formulas);
  if (format === "csv") yield `${COLUMNS.map(({ field }) => field).join(",")}\r\n`;
  let isFirst = true;
  let after: string | undefined;
  do {
    const page = await read({ ...query, limit: PAGE, after });
    after = page.next;
    if (format === "json") {
      const objects = page.rows.map((row) => `\n${JSON.stringify(objectOf(row))}`).join(",");
      yield (isFirst ? "[" : objects && ",") + objects;
    } else if (page.rows.length > 0) {
      const line = format === "csv" ? (row: CallRow) => csvLine(row, formulas === "escape") : jsonLine;
      yield page.rows.map(line).join("");
    }
    isFirst = false;
  } while (after !== undefined);
  if (format === "json") yield "\n]\n";
}

function jsonLine(row: CallRow): string {
  return `${JSON.stringify(objectOf(row))}\n`;
}

function objectOf(row: CallRow): Record<string, unknown> {
  return Object.fromEntries(COLUMNS.map(({ field }) => [field, row[field] ?? null]));
}

function csvLine(row: CallRow, guarded: boolean): string {
  return `${COLUMNS.map((column) => csvField(textOf(row, column, guarded))).join(",")}\r\n`;
}

function textOf(row: CallRow, { field, kind }: Column, guarded: boolean): string {
  const value = row[field];
  if (value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  if (kind === "tags") return JSON.stringify(value);
  return kind === "text" && guarded ? withoutFormula(String(value)) : String(value);
}
