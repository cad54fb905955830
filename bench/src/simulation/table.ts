import type { Outcome } from "./simulate.ts";

const COLUMNS: readonly [string, (outcome: Outcome) => string][] = [
  ["", ({ variant }) => variant],
  ["success", ({ success }) => percent(success, 3)],
  ["$ / 1,000 calls", ({ cost }) => cost.toFixed(2)],
  ["p50, ms", ({ p50 }) => whole(p50)],
  ["p95", ({ p95 }) => whole(p95)],
  ["p99", ({ p99 }) => whole(p99)],
  ["p99.9", ({ p999 }) => whole(p999)],
  ["tries / call", ({ tries }) => tries.toFixed(3)],
  ["cache hits", ({ cacheHits }) => percent(cacheHits, 1)],
];

/** The outcomes as a table in Markdown that is also legible as it is. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...outcomes.map((outcome) => COLUMNS.map(([, show]) => show(outcome))),
  ];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join("\n");
}

function percent(part: number, digits: number): string {
  return `${(part * 100).toFixed(digits)} %`;
}

function whole(milliseconds: number): string {
  return Math.round(milliseconds).toLocaleString("en-US");
}
