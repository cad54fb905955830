import { expect, test } from "vitest";
import { type BudgetPeriod, budgetWindow } from "./budget-window.js";

test.each<[BudgetPeriod, string, string, string]>([
  ["hour", "2024-02-29T23:59:59.999Z", "2024-02-29T23:00:00.000Z", "2024-03-01T00:00:00.000Z"],
  ["day", "2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"],
  ["month", "2024-02-29T23:59:59.999Z", "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"],
  ["month", "2024-12-31T23:59:59.999Z", "2024-12-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"],
])("the %s of %s is from %s to %s", (period, at, start, end) => {
  expect(budgetWindow(period, Date.parse(at))).toEqual({ start: Date.parse(start), end: Date.parse(end) });
});

test("a total never ends", () => {
  expect(budgetWindow("total", Date.now())).toEqual({ start: 0, end: undefined });
});
