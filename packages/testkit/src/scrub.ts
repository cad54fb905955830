import { redact } from "@llmux/core/failures";

/** Headers whose values say who asked, or let others ask. */
const PRIVATE_HEADER =
  /auth|key|token|cookie|secret|session|organization|project|account|tenant|client-ip|forwarded|cf-ray/i;

/** Ids of organisations, projects, users and accounts, as the providers form them. */
const PRIVATE_IDS: readonly [RegExp, string][] = [
  [/\b(org|proj|user|acct|workspace)[-_][A-Za-z0-9]{8,}/g, "$1-***"],
  [/\barn:aws[\w-]*:[\w-]*:[\w-]*:\d{12}:/g, "arn:aws:***:"],
  [/[\w.+-]+@[\w-]+\.[\w.-]+\w/g, "***@***"],
];

/**
 * A copy of a value that can be kept and shown: without keys (those given, and whatever looks like one), the values of private headers, and ids of
 * organisations, accounts and people. Bytes become `{ $bytes: base64 }`, dates `{ $date }`, vectors `{ $floats: base64 }`: see {@link revive}.
 */
export function scrub(value: unknown, secrets: readonly string[] = []): unknown {
  if (typeof value === "string") {
    let text = redact(value, secrets);
    for (const [pattern, replacement] of PRIVATE_IDS) text = text.replace(pattern, replacement);
    return text;
  }
  if (typeof value !== "object" || value === null) return typeof value === "function" ? undefined : value;
  if (value instanceof Float32Array)
    return { $floats: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof URL) return scrub(value.href, secrets);
  if (Array.isArray(value)) return value.map((each) => scrub(each, secrets));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined && typeof each !== "function")
      .map(([name, each]) => [name, name === "headers" ? scrubHeaders(each, secrets) : scrub(each, secrets)]),
  );
}

function scrubHeaders(headers: unknown, secrets: readonly string[]): unknown {
  if (typeof headers !== "object" || headers === null) return scrub(headers, secrets);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, PRIVATE_HEADER.test(name) ? "***" : scrub(value, secrets)]),
  );
}

/** What {@link scrub} made of bytes, dates and vectors, made into those again. */
export function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(revive);
  const { $bytes, $date, $floats } = value as Record<string, unknown>;
  if (typeof $bytes === "string") return Uint8Array.from(Buffer.from($bytes, "base64"));
  if (typeof $date === "string") return new Date($date);
  if (typeof $floats === "string") return new Float32Array(Uint8Array.from(Buffer.from($floats, "base64")).buffer);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revive(each)]));
}
