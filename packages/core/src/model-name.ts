/** `prefix/model` in its two halves; the model may hold further slashes. A name without a slash has no prefix. */
export function splitModel(name: string): { prefix: string | undefined; model: string } {
  const slash = name.indexOf("/");
  return { prefix: slash === -1 ? undefined : name.slice(0, slash).toLowerCase(), model: name.slice(slash + 1) };
}

/** What can be told of an adapter without loading it. */
export interface AdapterName {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly models: readonly string[];
}

/** The adapters among these that have the prefix of a model name. */
export function withPrefix<A extends AdapterName>(
  adapters: readonly A[],
  name: string | undefined,
): { model: string; adapters: A[] } {
  const { prefix, model } = splitModel(typeof name === "string" ? name : "");
  return {
    model,
    adapters: adapters.filter(({ id, aliases }) => prefix !== undefined && (id === prefix || aliases.includes(prefix))),
  };
}
