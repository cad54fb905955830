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

/** Shorter ones are placeholders for a server that wants no key ("ollama", "EMPTY", "none"): words that messages need. */
const SHORTEST_SECRET = 7;

/** Takes keys out of a text: those that are known, and what looks like one. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let result = text;
  // The longest first, lest a key that holds another one be taken out in part.
  for (const secret of secrets.length > 1 ? secrets.toSorted((a, b) => b.length - a.length) : secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), inURL(secret)]) {
      if (result.includes(form)) result = result.replaceAll(form, "***");
    }
  }
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
  return result;
}

function inURL(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
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
 * and code; of a thing that is no error, only its kind. An SDK's error can hold the request's headers, and a provider may quote
 * the key it refused.
 */
export function redactCause(cause: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof cause === "string") return redact(cause, secrets);
  if (typeof cause !== "object" || cause === null) return cause;
  if (!holdsSecret(cause, secrets, 0, new Set())) return cause;
  if (!(cause instanceof Error) || depth > 4) return new Error("What was thrown held a key and is not shown");
  const copy = new Error(redact(cause.message, secrets));
  Object.defineProperty(copy, "name", { value: cause.name, configurable: true });
  copy.stack = redact(cause.stack ?? "", secrets);
  const { code } = cause as { code?: unknown };
  if (typeof code === "string") Object.assign(copy, { code: redact(code, secrets) });
  if (cause.cause !== undefined) copy.cause = redactCause(cause.cause, secrets, depth + 1);
  return copy;
}

/** What is too deep or too wide to be searched counts as holding one. */
function holdsSecret(value: unknown, secrets: readonly string[], depth: number, seen: Set<object>): boolean {
  if (typeof value === "string") return redact(value, secrets) !== value;
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return false;
  if (ArrayBuffer.isView(value)) return false;
  seen.add(value);
  if (depth > 12 || seen.size > 500) return true;
  const holds = (inner: unknown): boolean => holdsSecret(inner, secrets, depth + 1, seen);
  // What these hold is no property of theirs, but is shown wherever they are logged.
  if (value instanceof Headers || value instanceof Map || value instanceof Set) {
    for (const entry of value) if (Array.isArray(entry) ? entry.some(holds) : holds(entry)) return true;
  }
  if (value instanceof URL) return holds(value.href) || [...value.searchParams.values()].some(holds);
  if (value instanceof Request || value instanceof Response) return holds(value.url) || holds(value.headers);
  if (value instanceof Error && (holds(value.message) || holds(value.stack))) return true;
  return Reflect.ownKeys(value).some((key) => {
    const own = Object.getOwnPropertyDescriptor(value, key);
    return (typeof key === "string" && holds(key)) || (own !== undefined && "value" in own && holds(own.value));
  });
}
