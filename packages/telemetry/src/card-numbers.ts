/** Runs of digits with a blank or a dash at most between two of them. */
const RUNS = /(?<!\w)\d(?:[ -]?\d){12,}(?!\w)/g;

/** How cards are written: in one, or in groups such as 4-4-4-4 and 4-6-5. */
const GROUP = { least: 3, most: 7 };
const CARD = { least: 13, most: 19 };

/** Cuts out the numbers of payment cards, known by their check digit (ISO/IEC 7812, Luhn). */
export function cardNumbers(text: string): string {
  return text.replace(RUNS, withoutCards);
}

function withoutCards(run: string): string {
  const groups = run.split(/([ -])/);
  let result = "";
  for (let index = 0; index < groups.length; ) {
    const end = cardAt(groups, index);
    result += end === undefined ? groups[index]! + (groups[index + 1] ?? "") : `[card]${groups[end] ?? ""}`;
    index = end === undefined ? index + 2 : end + 1;
  }
  return result;
}

/** Where the longest card that begins with this group ends: the index of the separator behind it. */
function cardAt(groups: readonly string[], index: number): number | undefined {
  let digits = "";
  let found: number | undefined;
  for (let at = index; at < groups.length && digits.length < CARD.most; at += 2) {
    const group = groups[at]!;
    digits += group;
    if (at > index || digits.length < CARD.least) {
      if (group.length < GROUP.least || group.length > GROUP.most) break;
    }
    if (digits.length >= CARD.least && digits.length <= CARD.most && passesLuhn(digits)) found = at + 1;
  }
  return found;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const double = digit * 2;
    sum += place % 2 === 0 ? digit : double > 9 ? double - 9 : double;
  }
  return sum % 10 === 0;
}
