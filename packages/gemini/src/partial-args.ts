import type { WirePartialArg } from "./wire.js";

/** `$.places[0]['the name']` in its steps. */
const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[(['"])(.*?)\3\]/g;

type Step = string | number;
type Container = Record<string, unknown> | unknown[];

interface Open {
  close: "}" | "]";
  /** Whether something is in it already. */
  filled: boolean;
}

/**
 * Arguments that come as values at paths, made into the text of JSON piece by piece, as other providers stream it. The model writes
 * them in order, so each path continues what is open or closes it.
 */
export class PartialArgs {
  readonly #value: Record<string, unknown>;
  #open: Open[] = [];
  /** The steps to what was written last; the containers on its way are those that are open. */
  #path: readonly Step[] = [];
  /** Whether a string is open at {@link #path}. */
  #string = false;

  /** `args`: what came whole, before the first piece. */
  constructor(args: Record<string, unknown> = {}) {
    this.#value = args;
  }

  /** The arguments so far. */
  get value(): Record<string, unknown> {
    return this.#value;
  }

  /** The text that a piece adds. */
  push(piece: WirePartialArg): string {
    const path = [...(piece.jsonPath ?? "").matchAll(STEP)].map(
      ([, name, index, , quoted]): Step => name ?? (index === undefined ? (quoted as string) : Number(index)),
    );
    if (path.length === 0) return "";
    const { stringValue } = piece;
    const isString = typeof stringValue === "string";
    const same = this.#string && path.length === this.#path.length && path.every((step, at) => step === this.#path[at]);
    let text = "";
    if (isString && same) {
      text = escaped(stringValue);
      write(this.#value, path, (before) => `${before as string}${stringValue}`);
    } else {
      const value = isString ? stringValue : (piece.numberValue ?? piece.boolValue ?? null);
      text = this.#goTo(path) + (isString ? `"${escaped(stringValue)}` : JSON.stringify(value));
      write(this.#value, path, () => value);
    }
    if (isString && !piece.willContinue) text += '"';
    this.#string = isString && piece.willContinue === true;
    return text;
  }

  /** What closes all that is open. */
  end(): string {
    const text = this.#closeTo(0);
    return this.#path.length === 0 ? JSON.stringify(this.#value) : text;
  }

  #closeTo(depth: number): string {
    let text = this.#string ? '"' : "";
    this.#string = false;
    while (this.#open.length > depth) text += (this.#open.pop() as Open).close;
    return text;
  }

  #goTo(path: readonly Step[]): string {
    let shared = 0;
    while (shared < path.length - 1 && shared < this.#path.length - 1 && path[shared] === this.#path[shared]) shared++;
    let text = this.#closeTo(this.#path.length === 0 ? 0 : shared + 1);
    for (let depth = shared; depth < path.length; depth++) {
      const step = path[depth] as Step;
      const isArray = typeof step === "number";
      if (this.#open.length === depth) {
        text += isArray ? "[" : "{";
        this.#open.push({ close: isArray ? "]" : "}", filled: false });
      }
      const parent = this.#open[depth] as Open;
      if (parent.filled) text += ",";
      parent.filled = true;
      if (!isArray) text += `${JSON.stringify(step)}:`;
    }
    this.#path = path;
    return text;
  }
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Sets a value by its path. A name such as `__proto__` is one like any other. */
function write(root: Record<string, unknown>, path: readonly Step[], change: (before: unknown) => unknown): void {
  let at: Container = root;
  path.forEach((step, depth) => {
    const before: unknown = Object.hasOwn(at, step) ? (at as Record<Step, unknown>)[step] : undefined;
    const next = path[depth + 1];
    const isContainer = typeof before === "object" && before !== null;
    const value =
      next === undefined ? change(before) : isContainer ? before : typeof next === "number" ? [] : ({} as Container);
    Object.defineProperty(at, step, { value, writable: true, enumerable: true, configurable: true });
    at = value as Container;
  });
}
