import { StreamFault } from "./stream-fault.js";

/**
 * The JSON object that a server-sent event holds; `undefined` for one that is no more than the end of a stream that was cut.
 *
 * @param last whether the body ended with the event still open
 * @throws StreamFault `not-json` or `not-object`
 */
export function eventObject<T extends object>(data: string, last: boolean): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    if (last) return undefined;
    throw new StreamFault("not-json", data);
  }
  if (typeof value !== "object" || value === null) throw new StreamFault("not-object", data);
  return value as T;
}
