import { base64ToBytes, bytesToBase64 } from "./base64.js";
import { isLLMError, LLMError, type LLMErrorInit } from "./errors.js";
import { invalidOption } from "./invalid-option.js";

/** The key of an object that stands for a value which JSON has not. An object that has this key itself is wrapped as one too. */
const TAG = "$llmux";

/**
 * A value as one line of JSON that {@link fromExactJSON} reads back exactly: bytes, vectors, dates, URLs, `undefined` inside of arrays, bigints, NaN and
 * infinities, `-0`, and llmux's errors.
 *
 * @throws LLMError `invalid-request` for functions and symbols, which can't be written down (a Standard Schema has some: give a JSON Schema)
 */
export function toExactJSON(value: unknown): string {
  return JSON.stringify(encode(value));
}

/** What {@link toExactJSON} wrote. */
export function fromExactJSON(text: string): unknown {
  return decode(JSON.parse(text));
}

function tagged(type: string, value?: unknown): object {
  return { [TAG]: type, value };
}

function encode(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "undefined":
      return tagged("undefined");
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : tagged("number", String(Object.is(value, -0) ? "-0" : value));
    case "bigint":
      return tagged("bigint", String(value));
    case "object":
      return value === null ? null : encodeObject(value);
    default:
      throw invalidOption(
        "value",
        `holds a ${typeof value}, which can't be written down; where it is a schema, give it as JSON Schema`,
      );
  }
}

function encodeObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(encode);
  if (value instanceof Date) return tagged("date", Number.isNaN(value.getTime()) ? null : value.getTime());
  if (value instanceof URL) return tagged("url", value.href);
  if (value instanceof Uint8Array) return tagged("bytes", bytesToBase64(value));
  if (value instanceof Float32Array) {
    return tagged("float32", bytesToBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)));
  }
  if (isLLMError(value)) {
    const { cause: _, ...facts } = value;
    return tagged("error", encodeFields({ ...facts, message: value.message }));
  }
  const fields = encodeFields(value);
  return Object.hasOwn(value, TAG) ? tagged("object", fields) : fields;
}

function encodeFields(value: object): object {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  // `fromEntries` defines; an assignment to `__proto__` would not.
  return Object.fromEntries(entries.map(([key, each]) => [key, encode(each)]));
}

function decode(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  if (!Object.hasOwn(value, TAG)) return decodeFields(value);
  const { [TAG]: type, value: inner } = value as { [TAG]: unknown; value?: unknown };
  switch (type) {
    case "undefined":
      return undefined;
    case "number":
      return Number(inner);
    case "bigint":
      return BigInt(inner as string);
    case "date":
      return new Date(inner === null ? Number.NaN : (inner as number));
    case "url":
      return new URL(inner as string);
    case "bytes":
      return base64ToBytes(inner as string);
    case "float32":
      return new Float32Array(base64ToBytes(inner as string).buffer);
    case "error":
      return new LLMError(decodeFields(inner as object) as LLMErrorInit);
    default:
      return decodeFields(inner as object);
  }
}

function decodeFields(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decode(each)]));
}
