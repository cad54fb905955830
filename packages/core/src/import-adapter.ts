/** Imports a package by name. */
export type ImportModule = (name: string) => Promise<unknown>;

/** Whether an import failed because this very package is not there, rather than inside it. */
export function isNotInstalled(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    (code === undefined || code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") &&
    typeof message === "string" &&
    message.includes(`'${name}'`)
  );
}
