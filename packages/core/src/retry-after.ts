import { type HeadersLike, headerOf, untilDate } from "./headers.js";

/**
 * How long the server asks to wait, in milliseconds: from `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110,
 * section 10.2.3). `undefined` where it does not say, or says something that is neither.
 */
export function retryAfterFrom(headers: HeadersLike | undefined): number | undefined {
  const ms = headerOf(headers, "retry-after-ms")?.trim();
  if (ms && /^\d+(\.\d+)?$/.test(ms)) return Number(ms);
  const text = headerOf(headers, "retry-after")?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  return untilDate(text);
}
