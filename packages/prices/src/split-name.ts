/** `openai/gpt-4o` → `["openai", "gpt-4o"]`. The model may have slashes of its own. */
export function splitName(name: string): [provider: string, model: string] {
  const at = name.indexOf("/");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
}
