/**
 * The body of a failed answer.
 *
 * @returns `body`, where it is a JSON object or list; and what was `said` where it is not: its text, cut to 300 UTF-16 units, or for a
 * web page and for nothing at all what the status says.
 */
export async function readFailure(response: Response): Promise<{ body: object | undefined; said: string }> {
  const text = await response.text().catch(() => "");
  const said = text === "" || /^\s*</.test(text) ? response.statusText : text.trim().slice(0, 300);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { body: value, said };
  } catch {
    // A proxy in between has words of its own.
  }
  return { body: undefined, said };
}
