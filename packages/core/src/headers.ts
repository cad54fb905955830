/** Response headers as the SDKs hand them over. */
export type HeadersLike = Headers | Readonly<Record<string, string | undefined>>;

/** A header by its name in lower case. */
export function headerOf(headers: HeadersLike | undefined, name: string): string | undefined {
  if (!headers) return undefined;
  return typeof (headers as Headers).get === "function"
    ? ((headers as Headers).get(name) ?? undefined)
    : (headers as Record<string, string | undefined>)[name];
}

/** Milliseconds until a date in one of HTTP's three forms or RFC 3339. `Date.parse` alone takes "-1" for a year. */
export function untilDate(text: string): number | undefined {
  if (!/\d\d:\d\d/.test(text)) return undefined;
  // The form of C's asctime names no zone and means GMT.
  const date = Date.parse(/(GMT|UTC|Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
