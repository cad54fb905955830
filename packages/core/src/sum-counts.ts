/** The sum of what several answers count. Absent is not nought: one that does not count leaves the sum unknown. */
export function sumCounts(counts: readonly unknown[]): number | undefined {
  let sum = 0;
  for (const count of counts) {
    if (typeof count !== "number") return undefined;
    sum += count;
  }
  return sum;
}
