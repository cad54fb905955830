/** Tells a listener. What it throws must not fail a call, or harm what is kept, that has nothing to do with it. */
export function tell<T>(listener: ((about: T) => void) | undefined, about: T): void {
  try {
    listener?.(about);
  } catch {
    // Its own affair.
  }
}
