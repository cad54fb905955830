import type { Check } from "./check.js";
import { CHECKS } from "./checks.js";
import type { ConformanceOptions } from "./conformance-options.js";
import { FEATURES, type Feature } from "./feature.js";
import { Kit } from "./kit.js";
import { watchOutput } from "./output-watch.js";

/** A check, ready to be run by any test runner. */
export interface NamedCheck extends Pick<Check, "id" | "title" | "why"> {
  /** Why it is not run for this adapter; `undefined`: it is. */
  lacking: string | undefined;
  /** @throws where it does not hold, with the reason why it matters */
  run(): Promise<void>;
}

/**
 * Every check for an adapter. Each runs on a server of its own, so that they may run side by side.
 * @throws for options that name what does not exist, or give no reason
 */
export function conformance(options: ConformanceOptions): readonly NamedCheck[] {
  refuseMistakes(options);
  return CHECKS.map((check) => named(check, options));
}

function named(check: Check, options: ConformanceOptions): NamedCheck {
  const { id, title, why } = check;
  const feature = check.needs?.find((need) => options.lacks?.[need] !== undefined);
  const untold = check.needsError && options.lacksErrors?.[check.needsError];
  const skipped = options.skip?.[id] ?? untold;
  if (feature === undefined || !check.lacking) {
    const lacking = skipped ?? (feature && `${feature}: ${options.lacks?.[feature]}`);
    return { id, title, why, lacking, run: () => runCheck(check, (kit) => check.run(kit), options) };
  }
  const { lacking: run } = check;
  return {
    id,
    title: `what the provider lacks is told: ${FEATURES[feature]}`,
    why: "what is dropped in silence looks as if it had been done",
    lacking: skipped,
    run: () => runCheck(check, run, options),
  };
}

function refuseMistakes({ lacks = {}, skip = {} }: ConformanceOptions): void {
  for (const feature of Object.keys(lacks)) {
    if (!Object.hasOwn(FEATURES, feature)) throw new Error(`lacks: there is no feature ${JSON.stringify(feature)}`);
    if (!lacks[feature as Feature]?.trim()) throw new Error(`lacks.${feature}: say why`);
  }
  for (const [id, reason] of Object.entries(skip)) {
    if (!CHECKS.some((check) => check.id === id)) throw new Error(`skip: there is no check ${JSON.stringify(id)}`);
    if (!reason.trim()) throw new Error(`skip.${id}: say why`);
  }
}

/** Runs one check on a server of its own; one that waits forever fails too. */
async function runCheck(
  { title, why }: Check,
  run: (kit: Kit) => Promise<void>,
  options: ConformanceOptions,
): Promise<void> {
  const { patience = 120_000 } = options;
  const kit = await Kit.start(options);
  const written = watchOutput(kit.key);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hanging = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It still waited after ${patience} ms`)), patience);
  });
  try {
    await Promise.race([run(kit), hanging]);
    if (kit.server.fault) throw kit.server.fault;
    if (written().length > 0) throw new Error("The key was written to the console, stdout or stderr");
  } catch (cause) {
    const said = kit.server.fault ?? cause;
    const message = (said instanceof Error ? said.message : String(said)).replaceAll(kit.key, "<the key>");
    throw new Error(`${title}\n${message}\nWhy it matters: ${why}.`, { cause: said });
  } finally {
    clearTimeout(timer);
    written();
    await kit.stop();
  }
}
