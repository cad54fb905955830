import type { CallRow } from "../call-row.js";
import type { Spend, SpendGroup } from "../spend.js";

/** What `spend` must give, added up by hand. */
export function naiveSpend(rows: readonly CallRow[], by: readonly SpendGroup[]): Spend[] {
  const groups = new Map<string, { of: Record<string, string | undefined>; rows: CallRow[] }>();
  if (by.length === 0) groups.set("[]", { of: {}, rows: [] });
  for (const row of rows) {
    for (const tag of by.includes("tag") && row.tags.length > 0 ? row.tags : [undefined]) {
      const of = Object.fromEntries(by.map((group) => [group, groupOf(row, group, tag)]));
      const key = JSON.stringify(by.map((group) => of[group] ?? null));
      const known = groups.get(key);
      if (known) known.rows.push(row);
      else groups.set(key, { of, rows: [row] });
    }
  }
  const sorted = [...groups.values()].sort((a, b) => {
    for (const group of by) {
      const order = compare(a.of[group], b.of[group]);
      if (order !== 0) return order;
    }
    return 0;
  });
  return sorted.map(({ of, rows }) => ({ ...of, ...sums(rows) }) as Spend);
}

function groupOf(row: CallRow, group: SpendGroup, tag: string | undefined): string | undefined {
  const time = row.startedAt.toISOString();
  if (group === "tag") return tag;
  if (group === "hour") return `${time.slice(0, 13)}:00Z`;
  if (group === "day") return time.slice(0, 10);
  if (group === "month") return time.slice(0, 7);
  return row[group];
}

function compare(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function sums(rows: readonly CallRow[]) {
  const sum = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
  };
  const mean = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : sum(known)! / known.length;
  };
  const paid = rows.filter(({ cached }) => !cached);
  return {
    calls: rows.length,
    errors: rows.filter(({ outcome }) => outcome !== "ok" && outcome !== "left").length,
    left: rows.filter(({ outcome }) => outcome === "left").length,
    cached: rows.length - paid.length,
    cost: sum(rows.map(({ cost }) => cost)),
    unknownCost: rows.filter(
      ({ cost, kind, outcome, inputTokens }) =>
        cost === undefined && kind !== "countTokens" && (outcome === "ok" || inputTokens !== undefined),
    ).length,
    inputTokens: sum(paid.map(({ inputTokens }) => inputTokens)),
    cacheReadTokens: sum(paid.map(({ cacheReadTokens }) => cacheReadTokens)),
    cacheWriteTokens: sum(paid.map(({ cacheWriteTokens }) => cacheWriteTokens)),
    outputTokens: sum(paid.map(({ outputTokens }) => outputTokens)),
    reasoningTokens: sum(paid.map(({ reasoningTokens }) => reasoningTokens)),
    averageLatency: mean(rows.map(({ latency }) => latency)),
    maxLatency: rows.length === 0 ? undefined : Math.max(...rows.map(({ latency }) => latency)),
    averageTimeToFirstToken: mean(rows.map(({ timeToFirstToken }) => timeToFirstToken)),
  };
}
