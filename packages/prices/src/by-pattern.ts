/** Values by `prefix/model`, in which `*` stands for any characters. An exact name comes before a pattern, a longer pattern before a shorter one. */
export class ByPattern<T> {
  readonly #exact = new Map<string, T>();
  readonly #patterns: { pattern: string; matches: RegExp; value: T }[] = [];

  constructor(entries: Readonly<Record<string, T>>) {
    for (const [pattern, value] of Object.entries(entries)) {
      if (!pattern.includes("*")) this.#exact.set(pattern, value);
      else this.#patterns.push({ pattern, matches: toRegExp(pattern), value });
    }
    this.#patterns.sort((a, b) => b.pattern.length - a.pattern.length);
  }

  get(name: string): T | undefined {
    if (this.#exact.has(name)) return this.#exact.get(name);
    for (const { matches, value } of this.#patterns) if (matches.test(name)) return value;
    return undefined;
  }
}

function toRegExp(pattern: string): RegExp {
  // A row of stars is one star, lest it takes long to see that nothing matches.
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
