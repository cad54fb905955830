/** The headers of a response as `Headers` shows them, without the cost of filling a `Headers` for each response. Read-only. */
export class ResponseHeaders {
  readonly #record: Readonly<Record<string, string | string[] | undefined>>;
  #sorted: [string, string][] | undefined;

  constructor(record: Readonly<Record<string, string | string[] | undefined>>) {
    this.#record = record;
  }

  get(name: string): string | null {
    const key = String(name).toLowerCase();
    const value = Object.hasOwn(this.#record, key) ? this.#record[key] : undefined;
    return value === undefined ? null : typeof value === "string" ? value : value.join(", ");
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  getSetCookie(): string[] {
    const value = this.#record["set-cookie"];
    return value === undefined ? [] : typeof value === "string" ? [value] : [...value];
  }

  forEach(callback: (value: string, name: string, parent: Headers) => void, thisArg?: unknown): void {
    for (const [name, value] of this.#entries()) callback.call(thisArg, value, name, this as unknown as Headers);
  }

  entries(): ArrayIterator<[string, string]> {
    return this.#entries()
      .map(([name, value]): [string, string] => [name, value])
      [Symbol.iterator]();
  }

  keys(): ArrayIterator<string> {
    return this.#entries()
      .map(([name]) => name)
      [Symbol.iterator]();
  }

  values(): ArrayIterator<string> {
    return this.#entries()
      .map(([, value]) => value)
      [Symbol.iterator]();
  }

  [Symbol.iterator](): ArrayIterator<[string, string]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }

  append(): never {
    throw new TypeError("The headers of a response can't be changed");
  }

  set(): never {
    throw new TypeError("The headers of a response can't be changed");
  }

  delete(): never {
    throw new TypeError("The headers of a response can't be changed");
  }

  /** Sorted by name, one entry for each cookie, as the standard has it. */
  #entries(): readonly [string, string][] {
    if (this.#sorted) return this.#sorted;
    const entries: [string, string][] = [];
    for (const name of Object.keys(this.#record).sort()) {
      const value = this.#record[name];
      if (typeof value === "string") entries.push([name, value]);
      else if (name === "set-cookie") for (const cookie of value ?? []) entries.push([name, cookie]);
      else if (value) entries.push([name, value.join(", ")]);
    }
    this.#sorted = entries;
    return entries;
  }
}
