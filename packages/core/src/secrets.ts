/** Header names whose values are never shown. */
const SECRET_HEADER = /auth|key|token|cookie|secret/i;

/** What looks like a key wherever it stands: provider key prefixes, bearer tokens, JWTs, passwords in URLs, key parameters. */
const PATTERNS: readonly [RegExp, string][] = [
  [/\b((?:sk|pk|rk|gsk|xai|hf|nvapi|pplx|csk|r8|fw|tgp)[-_])[\w-]{12,}/g, "$1***"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, "$1 ***"],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, "***"],
  [/(\/\/[^\s/:@]*:)[^\s/@]+@/g, "$1***@"],
  [/([?&](?:api[-_]?key|key|token|access_token|sig)=)[^&\s"']+/gi, "$1***"],
];

/** Shows that a key is there, and enough of a long one to tell two apart. */
export function mask(secret: string): string {
  return secret.length < 16 ? "***" : `${secret.slice(0, 3)}***${secret.slice(-4)}`;
}

/** Takes keys out of a text: those that are known, and what looks like one. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let result = text;
  for (const secret of secrets) if (secret.length > 3 && result.includes(secret)) result = result.replaceAll(secret, "***");
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
  return result;
}

/** The values among these headers that are secrets. */
export function secretHeaderValues(headers: Readonly<Record<string, string>> | undefined): string[] {
  if (!headers) return [];
  return Object.entries(headers)
    .filter(([name]) => SECRET_HEADER.test(name))
    .flatMap(([, value]) => [value, value.replace(/^\w+\s+/, "")]);
}

/**
 * An error's cause with the keys taken out: the cause itself where it holds none, else a plain copy of its name, message, stack
 * and code. An SDK's error can hold the request's headers, and a provider may quote the key it refused.
 */
export function redactCause(cause: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof cause === "string") return redact(cause, secrets);
  if (typeof cause !== "object" || cause === null) return cause;
  if (!holdsSecret(cause, secrets, 0, new Set())) return cause;
  if (!(cause instanceof Error) || depth > 4) return undefined;
  const copy = new Error(redact(cause.message, secrets));
  Object.defineProperty(copy, "name", { value: cause.name, configurable: true });
  copy.stack = redact(cause.stack ?? "", secrets);
  if (typeof (cause as { code?: unknown }).code === "string") Object.assign(copy, { code: (cause as { code?: unknown }).code });
  if (cause.cause !== undefined) copy.cause = redactCause(cause.cause, secrets, depth + 1);
  return copy;
}

function holdsSecret(value: unknown, secrets: readonly string[], depth: number, seen: Set<object>): boolean {
  if (typeof value === "string") return redact(value, secrets) !== value;
  if (typeof value !== "object" || value === null || depth > 5 || seen.has(value)) return false;
  seen.add(value);
  if (seen.size > 500) return true;
  if (value instanceof Headers) return [...value].some(([, text]) => holdsSecret(text, secrets, depth + 1, seen));
  return Reflect.ownKeys(value).some((key) => {
    const own = Object.getOwnPropertyDescriptor(value, key);
    return own !== undefined && "value" in own && holdsSecret(own.value, secrets, depth + 1, seen);
  });
}
