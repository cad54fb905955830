const MINUTE = 60_000;

/** How much came within the last minute, from two counts: that of this minute, and what of the last one still lies within. */
export class MinuteCount {
  #minute = 0;
  #current = 0;
  #previous = 0;

  add(amount: number, now: number): void {
    this.#turn(now);
    this.#current += amount;
  }

  within(now: number): number {
    this.#turn(now);
    return this.#current + this.#previous * (1 - (now % MINUTE) / MINUTE);
  }

  #turn(now: number): void {
    const minute = Math.floor(now / MINUTE);
    if (minute === this.#minute) return;
    this.#previous = minute === this.#minute + 1 ? this.#current : 0;
    this.#current = 0;
    this.#minute = minute;
  }
}
