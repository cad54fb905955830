import { KNOWN_PREFIXES } from "./known-prefixes.js";

/** The names of one adapter in the places that need one. */
export interface Names {
  /** Its prefix in `LLM_MODEL`: `my-host`. */
  id: string;
  /** `llmux-adapter-my-host` */
  packageName: string;
  /** `my-host`, in names of files and domains. */
  file: string;
  /** `myHost` */
  identifier: string;
  /** `MyHost` */
  type: string;
  /** `My Host` */
  title: string;
  /** `MY_HOST`, which its variables begin with. */
  variable: string;
}

/** The templates keep the lines of a formatter up to this. */
const LONGEST = 24;

/** Words that can't name an export, and what the templates name themselves. */
const TAKEN = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return static super switch " +
    "this throw true try typeof undefined var void while with yield " +
    "createBackend defineAdapter defineHost describeConformance dialect fetch openaiChat"
  ).split(" "),
);

/**
 * The names made of what was typed: a prefix, or the package's name.
 *
 * @throws Error that says what a name may be
 */
export function namesOf(typed: string): Names {
  const id = typed.trim().replace(/^llmux-adapter-/, "");
  if (!/^[a-z][a-z\d]*([-_][a-z\d]+)*$/.test(id)) {
    throw new Error(
      `${JSON.stringify(typed)} can't be an adapter's name: lower-case letters, digits, - and _, a letter first (the prefix in LLM_MODEL, such as acme)`,
    );
  }
  if (id.length > LONGEST) throw new Error(`${JSON.stringify(id)} is too long: ${LONGEST} letters at most`);
  const known = KNOWN_PREFIXES.get(id);
  if (known)
    throw new Error(
      `${JSON.stringify(id)} is a prefix of ${known}: LLM_MODEL=${id}/… would never lead to another package`,
    );
  const words = id.split(/[-_]/);
  const capitalised = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const type = capitalised.join("");
  const camel = type.charAt(0).toLowerCase() + type.slice(1);
  return {
    id,
    packageName: `llmux-adapter-${id}`,
    file: words.join("-"),
    identifier: TAKEN.has(camel) ? `${camel}Adapter` : camel,
    type,
    title: capitalised.join(" "),
    variable: words.join("_").toUpperCase(),
  };
}
