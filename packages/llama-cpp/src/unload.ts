/** What holds models at present, in this process. */
export const loaded: Set<{ unload(): Promise<void> }> = new Set();

/**
 * Frees the memory of every model that this package has loaded in this process. Models that are in use go as soon as their calls have
 * ended; the promise waits for that. The next call loads its model anew.
 */
export async function unloadModels(): Promise<void> {
  await Promise.all([...loaded].map((holder) => holder.unload()));
}
