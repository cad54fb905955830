import { mediaSummary } from "./media-summary.js";
import type { TextBudget } from "./text-budget.js";

/** Deeper than any arguments of tools are. */
const DEEPEST = 32;

/** A value of JSON with its texts and names redacted and cut; media and what is no JSON are named instead. */
export function cleanValue(value: unknown, budget: TextBudget, depth = 0): unknown {
  if (typeof value === "string") return budget.take(value);
  if (value === null || typeof value === "boolean") return value;
  // Through the hook as well: a card number may be a number.
  if (typeof value === "number" || typeof value === "bigint") return cleanNumber(value, budget);
  if (typeof value !== "object") return undefined;
  if (depth > DEEPEST || budget.spent) {
    budget.truncated = true;
    return undefined;
  }
  if (ArrayBuffer.isView(value)) return { size: value.byteLength };
  if (Array.isArray(value)) return value.map((one) => cleanValue(one, budget, depth + 1));
  if (isMedia(value)) return mediaSummary(value as never);
  const clean: Record<string, unknown> = Object.create(null);
  for (const [name, one] of Object.entries(value)) clean[budget.name(name)] = cleanValue(one, budget, depth + 1);
  return clean;
}

function cleanNumber(value: number | bigint, budget: TextBudget): number | string {
  const text = String(value);
  const clean = text.length < 9 ? text : budget.take(text);
  return clean === text && typeof value === "number" ? value : clean;
}

function isMedia(value: object): boolean {
  const { type, data } = value as { type?: unknown; data?: unknown };
  return (type === "image" || type === "file" || type === "audio") && data !== undefined && data !== null;
}
