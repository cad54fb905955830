import type { Check } from "./check.js";
import { CHECKS } from "./checks.js";
import type { ConformanceOptions } from "./conformance-options.js";
import { Kit } from "./kit.js";

/** A check, ready to be run by any test runner. */
export interface NamedCheck extends Pick<Check, "id" | "title" | "why"> {
  /** Why it is not run for this adapter; `undefined`: it is. */
  lacking: string | undefined;
  /** @throws where it does not hold, with the reason why it matters */
  run(): Promise<void>;
}

/** Every check for an adapter. Each runs on a server of its own, so that they may run side by side. */
export function conformance(options: ConformanceOptions): readonly NamedCheck[] {
  return CHECKS.map((check) => ({
    id: check.id,
    title: check.title,
    why: check.why,
    lacking: lackingOf(check, options),
    run: () => runCheck(check, options),
  }));
}

function lackingOf({ id, needs = [] }: Check, { lacks = {}, skip = {} }: ConformanceOptions): string | undefined {
  const feature = needs.find((need) => lacks[need] !== undefined);
  return skip[id] ?? (feature && `${feature}: ${lacks[feature]}`);
}

async function runCheck(check: Check, options: ConformanceOptions): Promise<void> {
  const kit = await Kit.start(options);
  try {
    await check.run(kit);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${check.title}\n${message}\nWhy it matters: ${check.why}.`, { cause });
  } finally {
    await kit.stop();
  }
}
