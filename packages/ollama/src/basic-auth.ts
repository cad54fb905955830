import { bytesToBase64 } from "@llmux/core/media";

/** The `Authorization` header for the credentials of a URL, with which `fetch` refuses one. */
export function basicAuth(username: string, password: string): string {
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${bytesToBase64(new TextEncoder().encode(credentials))}`;
}
