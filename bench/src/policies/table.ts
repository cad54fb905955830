import type { Spread } from "../statistics.ts";

/** What a policy may add, in microseconds of CPU. Set when the policies were begun; change it only knowingly. */
const POLICY_BARS = { call: 10, chunk: 1 } as const;

export interface Row {
  name: string;
  call: Spread;
  stream: Spread;
  chunk: Spread;
  /** Of what a call costs to the reference. */
  ratio: Spread;
  /** Whether the bars hold for it. */
  barred: boolean;
}

const HEADINGS = ["policy", "per call", "× JSON", "", "short stream", "per chunk", ""];
const WIDTHS = [30, 22, 16, 8, 22, 22, 6];

/** The table, a row a policy, and the figures that missed their bar. */
export function policyTable(rows: readonly Row[]): { lines: string[]; missed: string[] } {
  const missed: string[] = [];
  const verdict = ({ name, barred, ...figures }: Row, figure: "call" | "chunk"): string => {
    if (!barred) return "";
    const { median } = figures[figure];
    if (median <= POLICY_BARS[figure]) return "ok";
    missed.push(`${name}: ${median.toFixed(2)} µs per ${figure}, bar ${POLICY_BARS[figure]}`);
    return "MISSED";
  };
  const lines = rows.map((row) =>
    columns([
      row.name,
      show(row.call, 2),
      show(row.ratio, 1),
      verdict(row, "call"),
      show(row.stream, 2),
      show(row.chunk, 3),
      verdict(row, "chunk"),
    ]),
  );
  return { lines: [columns(HEADINGS), ...lines], missed };
}

function show({ median, min, max }: Spread, digits: number): string {
  const text = (value: number): string => value.toFixed(digits);
  return min === max ? text(median) : `${text(median)} (${text(min)}–${text(max)})`;
}

function columns(texts: readonly string[]): string {
  return texts
    .map((text, at) => text.padEnd(WIDTHS[at] ?? 0))
    .join(" ")
    .trimEnd();
}
