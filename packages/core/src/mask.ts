/** Shows that a key is there, and enough of a long one to tell two apart. */
export function mask(secret: string): string {
  return secret.length < 16 ? "***" : `${secret.slice(0, 3)}***${secret.slice(-4)}`;
}
