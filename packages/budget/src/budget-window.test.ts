import { expect, test } from "vitest";
import { type BudgetPeriod, budgetWindow } from "./budget-window.js";

test.each<[BudgetPeriod, string, string, string]>([
  ["hour", "2024-02-29T23:59:59.999Z", "2024-02-29T23:00:00.000Z", "2024-03-01T00:00:00.000Z"],
  ["day", "2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"],
  ["month", "2024-02-29T23:59:59.999Z", "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"],
  ["month", "2024-12-31T23:59:59.999Z", "2024-12-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"],
])("the %s of %s is from %s to %s", (period, at, start, end) => {
  // Also after that of another moment was asked for.
  for (const moment of [Date.parse(at), 0, Date.parse(at), Date.parse(start), Date.parse(end) - 1])
    if (moment > 0)
      expect(budgetWindow(period, moment)).toEqual({
        start: Date.parse(start),
        end: Date.parse(end),
        name: start.slice(0, 13),
      });
    else expect(budgetWindow(period, moment).start).toBe(0);
  expect(budgetWindow(period, Date.parse(end)).start).toBe(Date.parse(end));
});

test("a total never ends", () => {
  expect(budgetWindow("total", Date.now())).toEqual({ start: 0, end: undefined, name: "" });
});
