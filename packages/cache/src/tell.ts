/** Tells a listener. What it throws must not fail a call that has nothing to do with it. */
export function tell<T>(listener: ((notice: T) => void) | undefined, notice: T): void {
  if (!listener) return;
  try {
    listener(notice);
  } catch {
    // As the options say.
  }
}
