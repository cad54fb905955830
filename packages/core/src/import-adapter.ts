/** Imports a package by name. */
export type ImportModule = (name: string) => Promise<unknown>;

/** Whether an import failed because this very package is not there, rather than inside it. */
export function isNotInstalled(error: unknown, name: string): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof message !== "string" || !(message.includes(`'${name}'`) || message.includes(`"${name}"`))) return false;
  // Browsers and bundlers give no code: told from what they say, so that a package's own words are not taken for it.
  if (code === undefined)
    return /failed to resolve|does not resolve|not prefixed with|bare specifier|cannot find (module|package)/i.test(
      message,
    );
  return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
}
