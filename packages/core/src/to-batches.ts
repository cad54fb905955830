/** What one embedding request takes. */
export interface BatchLimits {
  /** Most texts. */
  values: number;
  /** Most tokens over all texts, or whatever {@link sizeOf} counts; a single text may be longer. Default no limit. */
  size?: number | undefined;
  /** The size of a text. Default an estimate of its tokens, on the high side. */
  sizeOf?: ((value: string) => number) | undefined;
}

/** Splits texts into as many requests as the limits ask for, in order. */
export function toBatches(values: readonly string[], limits: BatchLimits): string[][] {
  const { size: most = Number.POSITIVE_INFINITY, sizeOf = estimateTokens } = limits;
  const batches: string[][] = [];
  let batch: string[] = [];
  let size = 0;
  for (const value of values) {
    const more = most === Number.POSITIVE_INFINITY ? 0 : sizeOf(value);
    if (batch.length > 0 && (batch.length === limits.values || size + more > most)) {
      batches.push(batch);
      batch = [];
      size = 0;
    }
    batch.push(value);
    size += more;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** On the high side: English has four letters to a token, other scripts down to one. */
function estimateTokens(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself
  return /^[\x00-\x7f]*$/.test(text) ? text.length / 3 : text.length;
}
