/** Tells a listener. What it throws must not fail a call that has nothing to do with it. */
export function tell<T>(listener: ((about: T) => void) | undefined, about: T): void {
  try {
    listener?.(about);
  } catch {
    // As the options say.
  }
}
