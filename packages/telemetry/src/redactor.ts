import { invalidOption } from "@llmux/core";
import { cardNumbers } from "./card-numbers.js";
import { ibans } from "./ibans.js";
import { KEY_PATTERNS, MAY_HOLD_KEY } from "./key-patterns.js";
import { MAY_HOLD_PERSONAL_DATA, PERSONAL_PATTERNS } from "./personal-patterns.js";

/** Gives a text back without what must not be recorded. */
export type Redactor = (text: string) => string;

/** What is to be cut out of texts. */
export interface RedactionPattern {
  /** Stands in the place of what was cut out, in brackets. */
  name: string;
  /** Global (`g`). Who writes one sees to it that its time is linear in the text. */
  pattern: RegExp;
  /** Whether what the pattern found is meant; left out: always. */
  accept?: ((found: string) => boolean) | undefined;
}

/** Cuts out keys, tokens, passwords and private keys. */
export const redactKeys: Redactor = where(MAY_HOLD_KEY, byPatterns(KEY_PATTERNS));

/** Cuts out e-mail addresses, telephone, card and account numbers, social security numbers and IP addresses. */
export const redactPersonalData: Redactor = where(
  MAY_HOLD_PERSONAL_DATA,
  chain([ibans, cardNumbers, byPatterns(PERSONAL_PATTERNS)]),
);

/**
 * Makes one redactor of several patterns and redactors, which run in their order. The built-in ones come first, unless they are to be left out.
 *
 * @param options.patterns further ones
 * @param options.builtIn `"keys"`: of the built-in ones only those for keys; `false`: none. Default all
 * @throws LLMError `invalid-request` for what is no pattern
 */
export function createRedactor(
  options: {
    patterns?: readonly (RedactionPattern | Redactor)[] | undefined;
    builtIn?: boolean | "keys" | undefined;
  } = {},
): Redactor {
  const { patterns = [], builtIn = true } = options;
  if (!Array.isArray(patterns)) throw invalidOption("patterns", "must be a list");
  const own = patterns.map((one: RedactionPattern | Redactor, index): Redactor => {
    if (typeof one === "function") return one;
    if (typeof one?.name !== "string" || !(one.pattern instanceof RegExp) || !one.pattern.global)
      throw invalidOption(`patterns[${index}]`, "must be a function, or have a name and a global regular expression");
    return byPatterns([one]);
  });
  return chain([...(builtIn === false ? [] : [redactKeys]), ...(builtIn === true ? [redactPersonalData] : []), ...own]);
}

/** Most of what is recorded is an id or a name, of which one look says that there is nothing to find. */
function where(sign: RegExp, redact: Redactor): Redactor {
  return (text) => (sign.test(text) ? redact(text) : text);
}

function chain(redactors: readonly Redactor[]): Redactor {
  if (redactors.length === 1) return redactors[0]!;
  return (text) => {
    let left = text;
    for (const redact of redactors) left = redact(left);
    return left;
  };
}

function byPatterns(patterns: readonly RedactionPattern[]): Redactor {
  const steps = patterns.map(({ name, pattern, accept }) => {
    const sign = `[${name}]`;
    return { pattern, by: (found: string) => (!accept || accept(found) ? sign : found) };
  });
  return (text) => {
    let left = text;
    for (const { pattern, by } of steps) left = left.replace(pattern, by);
    return left;
  };
}
