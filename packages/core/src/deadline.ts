/**
 * The promise's own outcome, or a failure once so many milliseconds have passed. What comes after that goes to nobody.
 *
 * @throws Error with that message, when the time is over
 */
export function deadline<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(message)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
