import type { RedactionPattern } from "./redactor.js";

const BYTE = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";

/** Without one of these none of the patterns, nor a card or an account number, is there. */
export const MAY_HOLD_PERSONAL_DATA: RegExp = /[\d@:]/;

/** Personal data that can be told by its shape. Linear, as the patterns of keys are. */
export const PERSONAL_PATTERNS: readonly RedactionPattern[] = [
  { name: "email", pattern: /(?<![\w.+%-])[\w.+%-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi },
  { name: "ssn", pattern: /(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g },
  { name: "phone", pattern: /(?<![\w+])(?:\+|00(?=[1-9]))\d(?:[ ()./-]{0,2}\d){7,14}(?!\w)/g },
  { name: "phone", pattern: /(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])/g },
  {
    name: "ip",
    pattern: /(?<![\w:.])(?:[\da-f]{0,4}:){2,7}(?:[\da-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])/gi,
    accept: isIPv6,
  },
  { name: "ip", pattern: new RegExp(`(?<![\\w.])(?:${BYTE}\\.){3}${BYTE}(?!\\w|\\.\\d)`, "g") },
];

/** Eight groups, or fewer around one `::`; the time of day and `a::b` of programs are none. */
function isIPv6(text: string): boolean {
  if (text.length < 6) return text === "::1";
  const halves = text.split("::");
  const groups = text.split(":").filter((group) => group !== "");
  const count = groups.length + (groups.at(-1)?.includes(".") ? 1 : 0);
  const digits = groups.join("").length;
  if (halves.length === 1) return count === 8;
  return halves.length === 2 && count < 8 && digits > 3;
}
