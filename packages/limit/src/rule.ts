import { invalidOption } from "@llmux/core";
import type { Limit, Subject, Window } from "./limit.js";
import type { Claim } from "./limit-store.js";
import type { LimitedCall } from "./limited-call.js";

/** One amount of a {@link Limit}, ready to be held against calls. */
export interface Rule extends Pick<Claim, "kind" | "limit" | "window" | "shown"> {
  /** Names of what the call counts for; none where the rule is not for it. */
  counters(call: LimitedCall): readonly string[];
}

const WINDOWS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const LONGEST = 30 * 86_400_000;
const KINDS = ["requests", "tokens", "parallel"] as const;
const NONE: readonly string[] = [];

const FACTS: Readonly<Record<Exclude<Subject, "tag">, (call: LimitedCall) => string | undefined>> = {
  deployment: () => undefined,
  key: ({ key }) => key,
  user: ({ user }) => user,
  session: ({ session }) => session,
  model: ({ model }) => model,
};

/**
 * @param deployment the name of what stands behind
 * @throws LLMError `invalid-request` for limits that make no sense
 */
export function rulesOf(limits: readonly Limit[], deployment: string): Rule[] {
  if (!Array.isArray(limits)) throw invalidOption("limits", "must be a list or a function", limits);
  const rules: Rule[] = [];
  const seen = new Map<string, string>();
  for (const [place, limit] of (limits as readonly Limit[]).entries()) {
    const parameter = `limits[${place}]`;
    if (typeof limit !== "object" || limit === null) throw invalidOption(parameter, "must be a limit", limit);
    const window = windowOf(limit.window ?? "minute", `${parameter}.window`);
    const { label, subjects } = subjectsOf(limit, parameter);
    const applies = functionOf(limit.for, `${parameter}.for`);
    if (limit.name !== undefined && (typeof limit.name !== "string" || limit.name === ""))
      throw invalidOption(`${parameter}.name`, "must be a text", limit.name);
    const before = rules.length;
    for (const kind of KINDS) {
      const most = limit[kind];
      if (most === undefined) continue;
      if (!Number.isInteger(most) || most < 1)
        throw invalidOption(`${parameter}.${kind}`, "must be a whole number, 1 or more", most);
      const length = kind === "parallel" ? 0 : window;
      const base = JSON.stringify([deployment, limit.name ?? label, kind, length]);
      if (seen.has(base))
        throw invalidOption(`${parameter}.name`, `must be given, since ${seen.get(base)} counts the same`);
      seen.set(base, parameter);
      rules.push({
        kind,
        limit: most,
        window: length,
        shown: shown(kind, most, length, limit.name ?? (label === "" ? `for ${deployment}` : label)),
        counters: (call) => (applies && !applies(call) ? NONE : subjects(call).map((subject) => base + subject)),
      });
    }
    if (rules.length === before) throw invalidOption(parameter, "must have requests, tokens or parallel");
  }
  return rules;
}

function functionOf<F>(value: F, parameter: string): F {
  if (value !== undefined && typeof value !== "function") throw invalidOption(parameter, "must be a function", value);
  return value;
}

function windowOf(window: Window, parameter: string): number {
  const length = typeof window === "number" ? window : Object.hasOwn(WINDOWS, window) ? WINDOWS[window]! : Number.NaN;
  if (!(length >= 1 && length <= LONGEST))
    throw invalidOption(parameter, "must be second, minute, hour, day or milliseconds from 1 to 30 days", window);
  return length;
}

function subjectsOf(
  { per = "deployment" }: Limit,
  parameter: string,
): { label: string; subjects: (call: LimitedCall) => readonly string[] } {
  if (typeof per === "function") {
    const subjects = (call: LimitedCall): readonly string[] => {
      const name = per(call);
      return name === undefined ? NONE : [`=${name}`];
    };
    return { label: "per function", subjects };
  }
  const facts = [...new Set(Array.isArray(per) ? (per as readonly Subject[]) : [per as Subject])];
  for (const fact of facts)
    if (fact !== "tag" && !Object.hasOwn(FACTS, fact))
      throw invalidOption(
        `${parameter}.per`,
        `must be a function or among ${Object.keys(FACTS).join(", ")}, tag`,
        fact,
      );
  const told = facts.filter((fact) => fact !== "deployment");
  const label = told.length === 0 ? "" : `per ${told.join(" and ")}`;
  const [only] = told;
  if (only === undefined) return { label, subjects: () => ALL };
  if (told.length === 1) {
    if (only === "tag") return { label, subjects: (call) => tagsOf(call).map(named) };
    const read = FACTS[only];
    return { label, subjects: (call) => [named(read(call))] };
  }
  const subjects = (call: LimitedCall): string[] =>
    // Each combination, written so that no two of them look the same.
    told
      .reduce<(string | undefined)[][]>(
        (all, fact) => {
          const values = fact === "tag" ? tagsOf(call) : [FACTS[fact](call)];
          return all.flatMap((one) => values.map((value) => [...one, value]));
        },
        [[]],
      )
      .map((values) => JSON.stringify(values.map(named)));
  return { label, subjects };
}

const ALL: readonly string[] = [""];

function tagsOf({ tags }: LimitedCall): (string | undefined)[] {
  return tags.length === 0 ? [undefined] : [...new Set(tags)];
}

/** Tells those that lack the fact from those that have an empty one. */
function named(value: string | undefined): string {
  return value === undefined ? "-" : `=${value}`;
}

function shown(kind: Rule["kind"], most: number, window: number, whose: string): string {
  if (kind === "parallel") return `${most} ${most === 1 ? "call" : "calls"} at once ${whose}`;
  const name = Object.keys(WINDOWS).find((one) => WINDOWS[one] === window);
  const time = name === undefined ? `in ${window} ms` : `${name === "hour" ? "an" : "a"} ${name}`;
  return `${most} ${most === 1 ? kind.slice(0, -1) : kind} ${time} ${whose}`;
}
