/** `prefix/model` in its two halves; the model may hold further slashes. A name without a slash has no prefix. */
export function splitModel(name: string): { prefix: string | undefined; model: string } {
  const slash = name.indexOf("/");
  return slash === -1
    ? { prefix: undefined, model: name }
    : { prefix: name.slice(0, slash).toLowerCase(), model: name.slice(slash + 1) };
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

/** What can be told of an adapter without loading it. */
export interface AdapterName {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly models: readonly string[];
}

/** The adapters among these that a model name can mean: by prefix, or for a bare name by claim. */
export function candidates<A extends AdapterName>(
  adapters: readonly A[],
  name: string,
): { model: string; adapters: A[] } {
  const { prefix, model } = splitModel(name);
  return {
    model,
    adapters: adapters.filter(({ id, aliases, models }) =>
      prefix === undefined ? claims(models, name) : id === prefix || aliases.includes(prefix),
    ),
  };
}
