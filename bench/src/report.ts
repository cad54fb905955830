import type { Bar } from "./bars.ts";
import { type Spread, spread } from "./statistics.ts";

/** Prints the figures, one a line, and remembers which missed their bar. */
export class Report {
  readonly missed: string[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  heading(text: string): void {
    this.#print(`\n${text}`);
  }

  note(text: string): void {
    this.#print(`  ${text}`);
  }

  /** The median over the rounds of one contender's figure divided by the other's, as both were in the same round. */
  ratio(figure: string, ours: readonly number[], theirs: readonly number[], bar?: Bar): void {
    const ratios = ours.map((value, round) => value / (theirs[round] as number));
    this.line(figure, spread(ratios), "×", bar);
  }

  /** The median over the rounds of the difference. */
  over(figure: string, ours: readonly number[], theirs: readonly number[], unit: string, bar?: Bar): void {
    const differences = ours.map((value, round) => value - (theirs[round] as number));
    this.line(figure, spread(differences), unit, bar);
  }

  line(figure: string, { median, min, max }: Spread, unit: string, bar?: Bar): void {
    const digits = unit === "×" ? 2 : 1;
    const show = (value: number): string => value.toFixed(digits);
    const range = min === max ? "" : ` (${show(min)}–${show(max)})`;
    const met = bar && (bar.atLeast ? median >= bar.limit : median <= bar.limit);
    if (bar && !met) this.missed.push(figure);
    const verdict = bar ? `${bar.atLeast ? "≥" : "≤"} ${bar.limit}`.padEnd(8) + (met ? "ok" : "MISSED") : "";
    this.#print(`  ${figure.padEnd(50)} ${`${show(median)} ${unit}${range}`.padEnd(24)} ${verdict}`.trimEnd());
  }

  /** What one contender costs by itself: for orientation, since it follows the machine. */
  absolute(figure: string, values: readonly number[], unit: string): void {
    this.line(`  ${figure}`, spread(values), unit);
  }
}
