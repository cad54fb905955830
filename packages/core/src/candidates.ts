import { type AdapterName, splitModel, withPrefix } from "./model-name.js";

/** The adapters among these that a model name can mean: by prefix, or for a bare name by claim. */
export function candidates<A extends AdapterName>(
  adapters: readonly A[],
  name: string,
): { model: string; adapters: A[] } {
  if (splitModel(name).prefix !== undefined) return withPrefix(adapters, name);
  return { model: name, adapters: adapters.filter(({ models }) => claims(models, name)) };
}

/** Whether a prefix is an adapter's. */
export function hasPrefix({ id, aliases }: AdapterName, prefix: string): boolean {
  return id === prefix || aliases.includes(prefix);
}

/** Whether a name fits one of these patterns, in which `*` stands for anything. */
export function claims(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => {
    const [head = "", ...rest] = pattern.split("*");
    if (rest.length === 0) return pattern === name;
    if (!name.startsWith(head)) return false;
    let at = head.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found === -1) return false;
      at = found + piece.length;
    }
    return pattern.endsWith("*") || name.endsWith(rest[rest.length - 1] as string);
  });
}
