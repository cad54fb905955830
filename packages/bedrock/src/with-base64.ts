import { bytesToBase64 } from "@llmux/core/media";

/** A value of the application's, with bytes as the wire has them: base64. */
export function withBase64(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return bytesToBase64(value);
  if (Array.isArray(value)) return value.map(withBase64);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Dates and the like know best how they are written.
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBase64(inner)]));
}
