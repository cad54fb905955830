/** Into how many slots a window is divided; what is counted leaves it one slot late at most, and never early. */
export const SLOTS = 1000;

/** Milliseconds of a slot. None is shorter than one, so windows under a second are divided by milliseconds. */
export function slotLength(window: number): number {
  return Math.max(1, window / SLOTS);
}

/**
 * What was counted in the last window. Times are kept to a slot, and a slot counts until all of it has left the window: never more than is in any
 * stretch of that length, and memory for no more than {@link SLOTS} entries however much is counted.
 */
export class SlidingCount {
  readonly #slot: number;
  /** How many slots back one still counts. */
  readonly #span: number;
  #slots: number[] = [];
  #amounts: number[] = [];
  /** Where the first that still counts stands. */
  #first = 0;
  #sum = 0;

  constructor(readonly window: number) {
    this.#slot = slotLength(window);
    this.#span = Math.ceil(window / this.#slot);
  }

  /** What counts now. Times must not run back. */
  at(now: number): number {
    const oldest = Math.floor(now / this.#slot) - this.#span;
    while (this.#first < this.#slots.length && this.#slots[this.#first]! < oldest)
      this.#sum -= this.#amounts[this.#first++]!;
    if (this.#first === this.#slots.length) {
      if (this.#first > 0) {
        this.#slots = [];
        this.#amounts = [];
        this.#first = 0;
      }
    } else if (this.#first > SLOTS) {
      this.#slots = this.#slots.slice(this.#first);
      this.#amounts = this.#amounts.slice(this.#first);
      this.#first = 0;
    }
    return this.#sum;
  }

  add(now: number, amount: number): void {
    const slot = Math.floor(now / this.#slot);
    const last = this.#slots.length - 1;
    if (this.#slots[last] === slot) this.#amounts[last]! += amount;
    else {
      this.#slots.push(slot);
      this.#amounts.push(amount);
    }
    this.#sum += amount;
  }

  /** What is kept, with the times at which it was counted, to a slot. */
  entries(): [at: number, amount: number][] {
    return this.#slots
      .map((slot, place): [number, number] => [(slot + 1) * this.#slot, this.#amounts[place]!])
      .slice(this.#first);
  }

  /** Takes back part of what was counted at that time, if it still counts. */
  takeBack(at: number, amount: number): void {
    const slot = Math.floor(at / this.#slot);
    let low = this.#first;
    let high = this.#slots.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#slots[middle]! < slot) low = middle + 1;
      else high = middle;
    }
    if (this.#slots[low] !== slot) return;
    this.#amounts[low]! -= amount;
    this.#sum -= amount;
  }

  /** Milliseconds until no more than this counts, if nothing is added. */
  until(now: number, most: number): number {
    let left = this.at(now);
    for (let place = this.#first; left > most && place < this.#slots.length; place++) {
      left -= this.#amounts[place]!;
      if (left <= most) return (this.#slots[place]! + this.#span + 1) * this.#slot - now;
    }
    return 0;
  }
}
