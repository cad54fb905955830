/** How long a budget lasts before it begins anew. */
export type BudgetPeriod = "hour" | "day" | "month" | "total";

/** From `start` on, until before `end`; both in milliseconds since 1970. A `total` never ends. */
export interface BudgetWindow {
  start: number;
  end: number | undefined;
  /** What tells it from the others of its period: the date and hour at which it begins. */
  name: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const TOTAL: BudgetWindow = { start: 0, end: undefined, name: "" };

/** The last of each period, since nearly every call is in the same one. */
const last = new Map<BudgetPeriod, BudgetWindow>();

/** The window of the calendar, in UTC, that a moment lies in. */
export function budgetWindow(period: BudgetPeriod, at: number): BudgetWindow {
  if (period === "total") return TOTAL;
  const known = last.get(period);
  if (known && known.start <= at && at < known.end!) return known;
  const [start, end] = bounds(period, at);
  const window = { start, end, name: new Date(start).toISOString().slice(0, 13) };
  last.set(period, window);
  return window;
}

function bounds(period: Exclude<BudgetPeriod, "total">, at: number): [start: number, end: number] {
  if (period === "month") {
    const date = new Date(at);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return [Date.UTC(year, month), Date.UTC(year, month + 1)];
  }
  const length = period === "hour" ? HOUR : DAY;
  const start = Math.floor(at / length) * length;
  return [start, start + length];
}
