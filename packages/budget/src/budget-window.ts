/** How long a budget lasts before it begins anew. */
export type BudgetPeriod = "hour" | "day" | "month" | "total";

/** From `start` on, until before `end`; both in milliseconds since 1970. A `total` never ends. */
export interface BudgetWindow {
  start: number;
  end: number | undefined;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The window of the calendar, in UTC, that a moment lies in. */
export function budgetWindow(period: BudgetPeriod, at: number): BudgetWindow {
  if (period === "total") return { start: 0, end: undefined };
  if (period === "month") {
    const date = new Date(at);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
  }
  const length = period === "hour" ? HOUR : DAY;
  const start = Math.floor(at / length) * length;
  return { start, end: start + length };
}
