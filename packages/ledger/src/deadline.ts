/** The promise's own outcome, or a failure once that many milliseconds have passed. What comes after that goes to nobody. */
export function deadline<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${message} (${ms} ms)`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
