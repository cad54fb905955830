/** What was let through, and when. */
export interface Entry {
  at: number;
  amount: number;
}

/** The most that there is in any stretch of time of that length, its ends included; found by trying each. Entries are in order of time. */
export function mostInAnyWindow(entries: readonly Entry[], window: number): number {
  let most = 0;
  for (const { at: begin } of entries) {
    let sum = 0;
    for (const { at, amount } of entries) if (at >= begin && at <= begin + window) sum += amount;
    most = Math.max(most, sum);
  }
  return most;
}
