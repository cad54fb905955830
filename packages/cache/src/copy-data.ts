/** What lies deeper is shared rather than copied, so that no answer is nested too deep for the engine's stack. */
const DEEPEST = 500;
const NONE: ReadonlySet<string> = new Set();

/** Copies that share nothing that can be changed: of plain objects, lists, bytes, vectors and dates. Ten times as quick as `structuredClone`. */
export class Copier {
  /** What the copies take in memory, roughly, in bytes: reckoned on the way, since to go through them once more takes as long again. */
  size = 0;

  copy(value: unknown, depth = 0): unknown {
    if (typeof value === "string") {
      this.size += 16 + 2 * value.length;
      return value;
    }
    if (typeof value !== "object" || value === null || depth > DEEPEST) return value;
    this.size += 32;
    if (Array.isArray(value)) {
      const list: unknown[] = [];
      for (const each of value) list.push(this.copy(each, depth + 1));
      this.size += 8 * list.length;
      return list;
    }
    if (isPlain(value)) return this.copyWithout(value, NONE, depth);
    if (value instanceof Date) return new Date(value);
    if (value instanceof Uint8Array || value instanceof Float32Array) {
      this.size += value.byteLength;
      return value.slice();
    }
    return value instanceof URL ? new URL(value) : value;
  }

  /** An object without some of its fields. */
  copyWithout(value: object, left: ReadonlySet<string>, depth = 0): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (left.has(key)) continue;
      const inner = this.copy((value as Record<string, unknown>)[key], depth + 1);
      this.size += 8;
      if (key === "__proto__") define(copy, key, inner);
      else copy[key] = inner;
    }
    return copy;
  }
}

/** One such copy. */
export function copyData<T>(value: T): T {
  return new Copier().copy(value) as T;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An assignment to this key would set the prototype. */
function define(copy: object, key: string, value: unknown): void {
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
}
