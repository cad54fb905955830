/** Things that become due in the order in which they are put in. */
export class DueQueue<T> {
  readonly #due = new Map<T, number>();

  /** @param at no earlier than that of the one before */
  push(item: T, at: number): void {
    this.#due.delete(item);
    this.#due.set(item, at);
  }

  delete(item: T): void {
    this.#due.delete(item);
  }

  /** Takes out those that are due. */
  take(now: number): T[] {
    const taken: T[] = [];
    for (const [item, at] of this.#due) {
      if (at > now) break;
      this.#due.delete(item);
      taken.push(item);
    }
    return taken;
  }
}
