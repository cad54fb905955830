/** Gathers what comes into arrays of at most so many. */
export async function* inPages<T>(from: AsyncIterable<T>, size: number): AsyncGenerator<T[], void, undefined> {
  let page: T[] = [];
  for await (const each of from) {
    if (page.push(each) < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
