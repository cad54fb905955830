import { bytesToBase64 } from "./base64.js";
import { isStandardSchema, toJSONSchema } from "./schema.js";

/** What of a request changes how it is sent, but not what is asked. */
const MANNER: ReadonlySet<string> = new Set(["signal", "timeout", "headers", "context"]);
const NONE: ReadonlySet<string> = new Set();

/**
 * A request as canonical text: two requests have the same one exactly where they ask the same. Keys are in order, what is `undefined` is left out,
 * bytes are base64, every schema is JSON Schema, and what does not change the question (`signal`, `timeout`, `headers`, `context`) is not in it.
 * For caches, recordings and deduplication; hash it where it is to be short.
 *
 * @param request of any call
 * @throws LLMError `invalid-request` for a schema that can't be put into JSON Schema
 */
export function requestKey(request: object): string {
  return JSON.stringify(canonicalFields(request, MANNER));
}

function canonical(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return value;
  if (value instanceof Uint8Array) return { bytes: bytesToBase64(value) };
  if (value instanceof URL) return value.href;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(canonical);
  if (isStandardSchema(value)) return canonical(toJSONSchema(value, "schema"));
  return canonicalFields(value, NONE);
}

/** Without the lists of pairs that would be easier to read: policies key every call. */
function canonicalFields(value: object, left: ReadonlySet<string>): object {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const each = (value as Record<string, unknown>)[key];
    if (!isSaid(each) || left.has(key)) continue;
    // An assignment to this one would set the prototype.
    if (key === "__proto__")
      Object.defineProperty(fields, key, {
        value: canonical(each),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else fields[own(key)] = canonical(each);
  }
  return fields;
}

/** A function says nothing, unless it is a schema, as arktype's are. */
function isSaid(value: unknown): boolean {
  return typeof value === "function" ? isStandardSchema(value) : value !== undefined;
}

/** `bytes` is how bytes are written: an object's own key of that name gets another, and what might be mistaken for that one, too. */
function own(key: string): string {
  return key.endsWith("bytes") && /^\$*bytes$/.test(key) ? `$${key}` : key;
}
