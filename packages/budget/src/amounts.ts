/** Nano-dollars to the dollar: an embedding may cost less than a micro-dollar, and the largest whole number that is exact is 9 million dollars of these. */
const NANO = 1e9;

/** What amounts are of. */
export type BudgetUnit = "usd" | "tokens";

export const MOST: Readonly<Record<BudgetUnit, number>> = {
  usd: Math.floor(Number.MAX_SAFE_INTEGER / NANO),
  tokens: Number.MAX_SAFE_INTEGER,
};

/** As stores have it: whole nano-dollars or tokens. What costs anything costs at least one. */
export function toStored(amount: number, unit: BudgetUnit): number {
  if (!(amount > 0)) return 0;
  const whole = Math.max(1, Math.round(unit === "usd" ? amount * NANO : amount));
  return Math.min(whole, Number.MAX_SAFE_INTEGER);
}

/** As applications have it: dollars or tokens. */
export function fromStored(amount: number, unit: BudgetUnit): number {
  return unit === "usd" ? amount / NANO : amount;
}

/** For messages: `$0.0125`, `1200 tokens`. Cents at least, and as many more digits as a small amount needs. */
export function shown(amount: number, unit: BudgetUnit): string {
  if (unit === "tokens") return `${amount} tokens`;
  const text = amount.toFixed(9).replace(/0+$/, "");
  const [whole, digits = ""] = text.split(".");
  return `$${whole}.${digits.padEnd(2, "0")}`;
}
