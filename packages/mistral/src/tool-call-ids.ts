const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Mistral takes no tool call id but nine letters and digits ("Tool call id was … but must be a-z, A-Z, 0-9, with a length of 9").
 * An id of another make, from another provider's part of the conversation, is replaced by one that follows from it, so that the call and
 * its result agree, and in the next turn the prompt begins as it did before.
 */
export class ToolCallIds {
  readonly #sent = new Map<string, string>();
  readonly #taken = new Set<string>();

  of(id: string): string {
    const known = this.#sent.get(id);
    if (known !== undefined) return known;
    let made = isMistralId(id) ? id : toMistralId(id);
    for (let salt = 1; this.#taken.has(made); salt++) made = toMistralId(`${id}#${salt}`);
    this.#sent.set(id, made);
    this.#taken.add(made);
    return made;
  }
}

function isMistralId(id: string): boolean {
  return /^[A-Za-z0-9]{9}$/.test(id);
}

/** An id that follows from a text: two 32-bit FNV-1a hashes, written with letters and digits. */
export function toMistralId(text: string): string {
  let id = "";
  for (const [seed, length] of [
    [0x811c9dc5, 5],
    [0x1000193, 4],
  ] as const) {
    let hash: number = seed;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
    // FNV leaves the last letters in the low bits only.
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
    for (let digit = 0; digit < length; digit++) {
      id += ALPHABET[hash % 62];
      hash = Math.floor(hash / 62);
    }
  }
  return id;
}
