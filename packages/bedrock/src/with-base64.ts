import { bytesToBase64 } from "@llmux/core/media";

/** A value of the application's, with bytes as the wire has them: base64. Nothing is copied where there are none. */
export function withBase64(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return bytesToBase64(value);
  if (Array.isArray(value)) return value.map(withBase64);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBase64(inner)]));
}
