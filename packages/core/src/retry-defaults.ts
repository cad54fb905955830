/** The mission's defaults; waits in milliseconds. */
export const RETRY_DEFAULTS: { readonly retries: number; readonly minWait: number; readonly maxWait: number } = {
  retries: 8,
  minWait: 15_000,
  maxWait: 120_000,
};
